using Rollouts.AnalysisController.Kubernetes;
using Rollouts.AnalysisController.Kubernetes.Objects;
using Rollouts.Shared;

namespace Rollouts.AnalysisController.Tests.Kubernetes;

/// <summary>How many events come of many that happen: client-go's figures, each at its edge.</summary>
public sealed class EventFoldingTests
{
    private readonly VirtualClock _clock = new();
    private readonly EventFolding _folding;

    public EventFoldingTests() => _folding = new EventFolding(_clock);

    [Fact]
    public void The_same_event_again_is_counted_on_to_the_one_that_is_there()
    {
        var first = Happen("cart", "ScrapeFailed", "refused");
        _clock.Advance(TimeSpan.FromMinutes(1));
        var second = Happen("cart", "ScrapeFailed", "refused");

        Assert.Equal((null, 1), (first!.Name, first.Count));
        Assert.Equal(("ScrapeFailed-1", 2), (second!.Name, second.Count));
        Assert.Equal(first.FirstAt, second.FirstAt);
    }

    [Fact]
    public void Another_object_reason_or_message_is_another_event()
    {
        Happen("cart", "ScrapeFailed", "refused");

        Assert.Null(Happen("shop", "ScrapeFailed", "refused")!.Name);
        Assert.Null(Happen("cart", "MetricsUnavailable", "refused")!.Name);
        Assert.Null(Happen("cart", "ScrapeFailed", "timed out")!.Name);
    }

    [Fact]
    public void The_version_of_the_object_makes_no_other_event()
    {
        Happen("cart", "ScrapeFailed", "refused", version: "7");

        Assert.Equal(2, Happen("cart", "ScrapeFailed", "refused", version: "8")!.Count);
    }

    [Fact]
    public void The_eleventh_of_a_kind_within_ten_minutes_is_combined_with_those_that_follow()
    {
        for (var i = 1; i <= 10; i++)
        {
            Assert.Equal($"pod {i}", Happen("cart", "ScrapeFailed", $"pod {i}")!.Event.Message);
        }

        var eleventh = Happen("cart", "ScrapeFailed", "pod 11")!;
        var twelfth = Happen("cart", "ScrapeFailed", "pod 12")!;

        Assert.Equal("(combined from similar events): pod 11", eleventh.Event.Message);
        Assert.Equal((null, 1), (eleventh.Name, eleventh.Count));
        Assert.Equal("(combined from similar events): pod 12", twelfth.Event.Message);
        Assert.Equal(2, twelfth.Count);
        Assert.NotNull(twelfth.Name);
    }

    [Fact]
    public void After_ten_quiet_minutes_they_are_told_one_by_one_again()
    {
        for (var i = 1; i <= 11; i++)
        {
            Happen("cart", "ScrapeFailed", $"pod {i}");
        }

        _clock.Advance(TimeSpan.FromMinutes(10.1));

        Assert.Equal("pod 12", Happen("cart", "ScrapeFailed", "pod 12")!.Event.Message);
    }

    [Fact]
    public void An_object_may_have_twenty_five_and_then_one_every_five_minutes()
    {
        for (var i = 0; i < 25; i++)
        {
            Assert.NotNull(Happen("cart", "Same", "same"));
        }

        Assert.Null(Happen("cart", "Same", "same"));
        Assert.NotNull(Happen("shop", "Same", "same"));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.NotNull(Happen("cart", "Same", "same"));
        Assert.Null(Happen("cart", "Same", "same"));
    }

    private FoldedEvent? Happen(string name, string reason, string message, string version = "1")
    {
        var regarding = new ObjectReference("argoproj.io/v1alpha1", "Rollout", "default", name, $"uid-{name}")
        {
            ResourceVersion = version,
        };
        var folded = _folding.Fold(new ObjectEvent(regarding, reason, message, true));
        if (folded is { Name: null })
        {
            _folding.Created(folded, $"{reason}-{folded.Count}");
        }

        return folded;
    }
}
