using System.Net;
using System.Text.RegularExpressions;
using Rollouts.Api.Tests.Hosting;

namespace Rollouts.Api.Tests.Demo;

public sealed partial class DemoPageTests
{
    private const string Form = "application/x-www-form-urlencoded";

    [Fact]
    public async Task Every_fault_has_a_form_and_every_field_has_a_label()
    {
        await using var api = await ApiInstance.StartAsync();
        var page = await api.GetTextAsync("/demo");

        foreach (var schema in Faults.FaultSchema.All)
        {
            Assert.Contains(
                $"<form method=\"post\" action=\"/demo/faults/{schema.Name}\">",
                page,
                StringComparison.Ordinal);
        }

        foreach (Match field in Fields().Matches(page))
        {
            Assert.Contains($"<label for=\"{field.Groups[1].Value}\">", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_page_needs_nothing_from_elsewhere_and_forbids_it()
    {
        await using var api = await ApiInstance.StartAsync();
        using var response = await api.GetAsync("/demo");
        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("://", await api.GetTextAsync("/demo/page.js"), StringComparison.Ordinal);
        Assert.DoesNotContain("://", await api.GetTextAsync("/demo/page.css"), StringComparison.Ordinal);
        Assert.StartsWith("default-src 'self'", response.Header("Content-Security-Policy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_switches_a_fault_on_and_off_without_a_script_and_comes_back()
    {
        await using var api = await ApiInstance.StartAsync();
        using var on = await api.SendAsync(
            "POST",
            "/demo/faults/error",
            "ratio=1&status=503&durationSeconds=60&onlyVersion=&switch=on",
            Form,
            $"Origin: {api.Address.ToString().TrimEnd('/')}");

        Assert.Equal((302, "/demo"), ((int)on.StatusCode, on.Headers.Location?.ToString()));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await api.GetStatusAsync("/api/items"));
        Assert.Matches(@"<li><b>error</b>, (60|59) s left, by 127\.0\.0\.1</li>", await api.GetTextAsync("/demo"));

        using var off = await api.SendAsync("POST", "/demo/faults/error", "switch=off", Form);
        Assert.Equal(302, (int)off.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await api.GetStatusAsync("/api/items"));
        Assert.Contains("<p>None.</p>", await api.GetTextAsync("/demo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_carries_the_token_and_a_wrong_one_is_refused()
    {
        await using var api = await ApiInstance.StartAsync("DEMO_TOKEN=s3cret");
        using var wrong = await api.SendAsync("POST", "/demo/faults/unready", "switch=on&token=x", Form);
        using var right = await api.SendAsync("POST", "/demo/faults/unready", "switch=on&token=s3cret", Form);

        Assert.Equal((401, 302), ((int)wrong.StatusCode, (int)right.StatusCode));
        Assert.Contains("type=\"password\"", await api.GetTextAsync("/demo"), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", await api.GetTextAsync("/demo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_form_is_a_problem_and_a_body_that_is_no_form_is_415()
    {
        await using var api = await ApiInstance.StartAsync();
        using var wrong = await api.SendAsync("POST", "/demo/faults/error", "ratio=7&switch=on", Form);
        using var json = await api.SendAsync("POST", "/demo/faults/error", "{}");

        Assert.Equal((400, 415), ((int)wrong.StatusCode, (int)json.StatusCode));
    }

    [Fact]
    public async Task Names_are_written_as_text_whatever_they_hold()
    {
        await using var api = await ApiInstance.StartAsync("APP_VERSION=<b>v1");

        Assert.Contains("&lt;b&gt;v1", await api.GetTextAsync("/demo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_faults_are_off_the_page_says_so_and_its_buttons_do_nothing()
    {
        await using var api = await ApiInstance.StartAsync("DEMO_FAULTS_ENABLED=false");
        var page = await api.GetTextAsync("/demo");

        Assert.Contains("Demo faults are off.", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("<button name=\"switch\" value=\"o(n|ff)\">", page);
    }

    [GeneratedRegex("<(?:input|select) id=\"([^\"]+)\"")]
    private static partial Regex Fields();
}
