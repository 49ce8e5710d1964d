using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Rollouts.Api.Faults;
using Rollouts.Api.Items;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Demo;

/// <summary>The page at <c>/demo</c>: complete as plain forms; a script adds the live grid and the sliders.</summary>
internal sealed class DemoPage(FaultOptions options, FaultBoard board, Identity identity, TimeProvider clock)
{
    public Task GetAsync(HttpContext http)
    {
        var page = Encoding.UTF8.GetBytes(Write());
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.ContentLength = page.Length;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; form-action 'self'";
        return http.Response.Body.WriteAsync(page, http.RequestAborted).AsTask();
    }

    private string Write()
    {
        var page = new StringBuilder();
        Line(page, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sample API: drill a rollback</title>
            <link rel="stylesheet" href="/demo/page.css">
            <script src="/demo/page.js" defer></script>
            </head>
            <body>
            <header>
            <h1>Drill a rollback</h1>
            <p>This page was answered by version <b>{Text(identity.Version)}</b>, pod <b>{Text(identity.Pod)}</b>.</p>
            </header>
            <main>
            """);
        WriteLive(page);
        WriteRunning(page);
        WriteSwitches(page);
        Line(page, $"""
            </main>
            <footer><p><a href="/docs">API documentation</a> · <a href="/demo/faults/history">History of switches</a> ·
            <a href="/health">Health</a> · <a href="/metrics">Metrics</a></p></footer>
            </body>
            </html>
            """);
        return page.ToString();
    }

    private static void WriteLive(StringBuilder page) =>
        Line(
            page,
            $"""
            <section aria-labelledby="live-title">
            <h2 id="live-title">Live answers of /api/items</h2>
            <noscript><p>The live view needs a script; the switches below do not.</p></noscript>
            <div id="live" hidden>
            <p><button type="button" id="toggle">Stop</button>
            <label for="rate">Requests a second</label>
            <input type="range" id="rate" min="1" max="20" value="5"> <output for="rate" id="rate-shown">5</output></p>
            <div id="grid" role="img" aria-label="The last answers; the table below says the same in numbers"></div>
            <p>A cell is coloured by version; a cross marks an error, a ring an answer above 250 ms.</p>
            <table><caption>Answers of the last 60 seconds</caption>
            <thead><tr><th scope="col">Version</th><th scope="col">Pod</th><th scope="col">Answers</th>
            <th scope="col">Per second</th>
            <th scope="col">Errors</th><th scope="col">Median ms</th><th scope="col">p95 ms</th></tr></thead>
            <tbody id="totals"></tbody></table>
            </div>
            </section>
            """);

    private void WriteRunning(StringBuilder page)
    {
        var now = clock.GetUtcNow();
        var running = board.Running;
        Line(page, $"""
            <section aria-labelledby="running-title">
            <h2 id="running-title">Running faults</h2>
            <div id="running" aria-live="polite">
            """);
        Line(page, running.IsEmpty ? $"<p>None.</p>" : $"<ul>");
        foreach (var fault in running)
        {
            var name = FaultSchema.Of(fault.Kind).Name;
            var left = fault.EndsAt is { } end
                ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling((end - now).TotalSeconds)} s left")
                : "until switched off";
            var scope = board.IsForThisPod(fault) ? "" : " on other pods";
            Line(page, $"<li><b>{name}</b>{scope}, {left}, by {Text(fault.By)}</li>");
        }

        Line(page, running.IsEmpty ? $"</div></section>" : $"</ul></div></section>");
    }

    private void WriteSwitches(StringBuilder page)
    {
        Line(page, $"""
            <section aria-labelledby="switches-title">
            <h2 id="switches-title">Switches</h2>
            """);
        if (!options.IsEnabled)
        {
            Line(page, $"<p>Demo faults are off. Start with <code>DEMO_FAULTS_ENABLED=true</code> to arm them.</p>");
        }

        foreach (var schema in FaultSchema.All)
        {
            WriteSwitch(page, schema);
        }

        Line(page, $"</section>");
    }

    private void WriteSwitch(StringBuilder page, FaultSchema schema)
    {
        Line(page, $"""
            <form method="post" action="/demo/faults/{schema.Name}"><fieldset>
            <legend>{schema.Name}</legend>
            <p>{Text(schema.Meaning)}</p>
            """);
        foreach (var key in schema.Keys)
        {
            var max = FaultParser.Capped(key, options.Caps);
            var label = $"{key.Meaning} ({key.Unit})";
            WriteNumber(page, schema, key.Name, label, key.Min, max, key.Default, isRequired: true);
        }

        if (schema.TakesStatus)
        {
            WriteField(
                page,
                schema,
                "status",
                "Status, several with |",
                "type=\"text\" value=\"500\" pattern=\"[0-9|]+\"");
        }

        if (schema.TakesCategory)
        {
            WriteCategory(page, schema);
        }

        var longest = options.Caps.Duration.TotalSeconds;
        WriteNumber(page, schema, "durationSeconds", "Ends after (seconds)", 1, longest, 300, isRequired: false);
        WriteField(page, schema, "onlyVersion", "Only version (empty: any)", "type=\"text\" maxlength=\"253\"");
        if (options.Token.Length > 0)
        {
            WriteField(page, schema, "token", "Token", "type=\"password\" autocomplete=\"off\" required");
        }

        var disabled = options.IsEnabled ? "" : " disabled";
        Line(page, $"""
            <p><button name="switch" value="on"{disabled}>Switch {schema.Name} on</button>
            <button name="switch" value="off"{disabled}>Switch {schema.Name} off</button></p>
            </fieldset></form>
            """);
    }

    private static void WriteCategory(StringBuilder page, FaultSchema schema)
    {
        Line(page, $"""
            <p><label for="{schema.Name}-category">Category</label>
            <select id="{schema.Name}-category" name="category">
            """);
        foreach (var category in Catalogue.Categories)
        {
            Line(page, $"<option{(category == Catalogue.Categories[^1] ? " selected" : "")}>{Text(category)}</option>");
        }

        Line(page, $"</select></p>");
    }

    private static void WriteNumber(
        StringBuilder page,
        FaultSchema schema,
        string key,
        string label,
        double min,
        double max,
        double value,
        bool isRequired)
    {
        var bounds = string.Create(
            CultureInfo.InvariantCulture, $"min=\"{min}\" max=\"{max}\" value=\"{Math.Min(value, max)}\"");
        var required = isRequired ? " required" : "";
        WriteField(page, schema, key, label, $"type=\"number\" step=\"any\" {bounds}{required}");
    }

    private static void WriteField(StringBuilder page, FaultSchema schema, string key, string label, string attributes)
    {
        var id = $"{schema.Name}-{key}";
        Line(page, $"<p><label for=\"{id}\">{Text(label)}</label> <input id=\"{id}\" name=\"{key}\" {attributes}></p>");
    }

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);

    private static void Line(StringBuilder page, string html) => page.Append(html).Append('\n');
}
