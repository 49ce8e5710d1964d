using Rollouts.LocalCluster.ApiServer;
using Rollouts.LocalCluster.ApiServer.Requests;

namespace Rollouts.LocalCluster.Tests.ApiServer.Rules;

public sealed class SelectorTests
{
    private static readonly Dictionary<string, string> Labels = new()
    {
        ["app"] = "web",
        ["tier"] = "",
        ["a.b/c"] = "d",
    };

    [Theory]
    [InlineData("", true)]
    [InlineData("app", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web,a.b/c=d", true)]
    [InlineData("app=web,app!=web", false)]
    [InlineData("app!=other", true)]
    [InlineData("absent!=other", true)]
    [InlineData("!absent", true)]
    [InlineData("!app", false)]
    [InlineData("absent", false)]
    [InlineData("tier=", true)]
    [InlineData("app in (shop, web),tier", true)]
    [InlineData("app notin (shop,web)", false)]
    [InlineData("absent notin (shop)", true)]
    [InlineData("absent in (shop)", false)]
    public void A_label_selector_matches_as_in_kubernetes(string selector, bool matches) =>
        Assert.Equal(matches, LabelSelector.Parse(selector).Matches(Labels));

    [Theory]
    [InlineData("app like web")]
    [InlineData("app=web,,tier")]
    [InlineData("app>1")]
    [InlineData("app in web")]
    public void A_label_selector_that_is_none_is_a_bad_request(string selector) =>
        Assert.Equal(400, Assert.Throws<ApiException>(() => LabelSelector.Parse(selector)).Status.Code);
}
