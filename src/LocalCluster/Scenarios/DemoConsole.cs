using Spectre.Console;

namespace Rollouts.LocalCluster.Scenarios;

/// <summary>What a line is about; on a terminal its colour.</summary>
internal enum Tone
{
    Plain,
    Good,
    Bad,
    Quiet,
}

/// <summary>
/// Tells the story: for a person at a terminal with one live line below it, else in plain lines. NO_COLOR is honoured.
/// </summary>
internal sealed class DemoConsole(IAnsiConsole console, bool isLive, TimeProvider clock)
{
    private static readonly TimeSpan PlainProgressInterval = TimeSpan.FromSeconds(5);

    /// <summary>The spinner's column and its padding, with a little to spare.</summary>
    private const int SpinnerWidth = 8;

    private StatusContext? _live;
    private string _lastProgress = "";
    private long _lastProgressAt;

    public static DemoConsole Create(TimeProvider clock)
    {
        var isLive = !Console.IsOutputRedirected && !Console.IsErrorRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isLive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isLive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isLive ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isLive)
            console.Profile.Width = int.MaxValue;
        return new DemoConsole(console, isLive, clock);
    }

    /// <summary>Runs with the live line; what it says appears above.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> act)
    {
        if (!isLive)
            return await act();
        return await console.Status().Spinner(Spinner.Known.Dots).StartAsync("…", async context =>
        {
            _live = context;
            try
            {
                return await act();
            }
            finally
            {
                _live = null;
            }
        });
    }

    public void Say(string text, Tone tone = Tone.Plain) => console.MarkupLine(Colour(text, tone));

    /// <summary>What goes on at this moment: the live lines, or a plain line now and then.</summary>
    public void Progress(string text, string more = "")
    {
        if (_live is not null)
        {
            _live.Status = Cut(text) + (more.Length == 0 ? "" : $"\n{Cut(more)}");
            return;
        }

        var line = more.Length == 0 ? text : $"{text}; {more}";
        var isDue = clock.GetElapsedTime(_lastProgressAt) >= PlainProgressInterval;
        if (line == _lastProgress || (_lastProgressAt != 0 && !isDue))
            return;
        _lastProgress = line;
        _lastProgressAt = clock.GetTimestamp();
        Say(line, Tone.Quiet);
    }

    /// <summary>A live line must not wrap: it is drawn ten times a second.</summary>
    private string Cut(string text)
    {
        var width = Math.Max(20, console.Profile.Width - SpinnerWidth);
        return Markup.Escape(text.Length <= width ? text : text[..(width - 1)] + "…");
    }

    private static string Colour(string text, Tone tone) => tone switch
    {
        Tone.Plain => Markup.Escape(text),
        Tone.Good => $"[green]{Markup.Escape(text)}[/]",
        Tone.Bad => $"[red]{Markup.Escape(text)}[/]",
        Tone.Quiet => $"[grey]{Markup.Escape(text)}[/]",
    };
}
