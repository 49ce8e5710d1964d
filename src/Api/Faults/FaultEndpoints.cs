using System.Collections.Immutable;
using System.Text.Json;
using Rollouts.Api.Requests;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Faults;

/// <summary>The switches: <c>/demo/faults</c>, as JSON for programs and as forms for the page without script.</summary>
internal sealed class FaultEndpoints(
    FaultOptions options,
    FaultGuard guard,
    FaultBoard board,
    FaultPanel panel,
    FaultJournal journal,
    Identity identity,
    TimeProvider clock)
{
    private const string Page = "/demo";

    private static readonly TimeSpan DefaultDuration = TimeSpan.FromMinutes(5);

    public Task GetAsync(HttpContext http) => AnswerAsync(http);

    public async Task GetHistoryAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        var history = await journal.ReadAsync(http.RequestAborted);
        await JsonAnswer.WriteAsync(http, history, ApiJson.Plain.FaultHistoryAnswer);
    }

    public async Task PutAsync(HttpContext http)
    {
        if (!await guard.RefuseAsync(http)
            && await SchemaAsync(http) is { } schema
            && await SwitchOnAsync(http, await ReadJsonAsync(http, schema)))
        {
            await AnswerAsync(http);
        }
    }

    public async Task DeleteAsync(HttpContext http)
    {
        if (!await guard.RefuseAsync(http) && await SchemaAsync(http) is { } schema)
        {
            await panel.SwitchOffAsync(schema.Kind, FaultGuard.Caller(http), http.RequestAborted);
            await AnswerAsync(http);
        }
    }

    public async Task DeleteAllAsync(HttpContext http)
    {
        if (!await guard.RefuseAsync(http))
        {
            foreach (var fault in board.Running)
            {
                await panel.SwitchOffAsync(fault.Kind, FaultGuard.Caller(http), http.RequestAborted);
            }

            await AnswerAsync(http);
        }
    }

    /// <summary>
    /// A form of the page: its keys are those of the JSON body, and an empty field is as good as none.
    /// </summary>
    public async Task PostFormAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType)
        {
            await Problem.WriteAsync(http, 415, "A form is expected; programs use PUT with JSON.");
            return;
        }

        if (await ReadFormAsync(http) is not { } form)
        {
            return;
        }

        if (await guard.RefuseAsync(http, form["token"]) || await SchemaAsync(http) is not { } schema)
        {
            return;
        }

        if (form["switch"] == "off")
        {
            await panel.SwitchOffAsync(schema.Kind, FaultGuard.Caller(http), http.RequestAborted);
            http.Response.Redirect(Page);
            return;
        }

        var pairs = form.Where(field => field.Key is not ("token" or "switch"))
            .Select(field => KeyValuePair.Create(field.Key, field.Value.ToString().Trim()));
        var parsed = FaultParser.Parse(schema, pairs, options.Caps, clock.GetUtcNow(), DefaultDuration);
        if (await SwitchOnAsync(http, parsed))
        {
            http.Response.Redirect(Page);
        }
    }

    private async Task<bool> SwitchOnAsync(HttpContext http, FaultParse parsed)
    {
        if (parsed is FaultParse.Invalid invalid)
        {
            await Problem.WriteAsync(http, 400, string.Join("; ", invalid.Problems), invalid.Problems);
            return false;
        }

        var fault = ((FaultParse.Valid)parsed).Switch with { By = FaultGuard.Caller(http) };
        if (await panel.TrySwitchOnAsync(fault, http.RequestAborted))
        {
            return true;
        }

        await Problem.WriteAsync(
            http,
            StatusCodes.Status421MisdirectedRequest,
            $"This is pod {identity.Pod} of version {identity.Version}: the switch is for another. Ask again.");
        return false;
    }

    private Task AnswerAsync(HttpContext http)
    {
        var now = clock.GetUtcNow();
        ImmutableArray<FaultView> views =
            [.. board.Running.Select(fault => FaultView.Of(fault, board.IsForThisPod(fault), now))];
        http.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.WriteAsync(
            http,
            new FaultsAnswer(options.IsEnabled, panel.IsShared, options.Seed, identity.Version, identity.Pod, views),
            ApiJson.Plain.FaultsAnswer);
    }

    private static async Task<FaultSchema?> SchemaAsync(HttpContext http)
    {
        var name = http.Request.RouteValues["kind"] as string;
        var schema = FaultSchema.Named(name);
        if (schema is null)
        {
            var names = string.Join(", ", FaultSchema.All.Select(known => known.Name));
            await Problem.WriteAsync(http, 404, $"There is no fault '{name}'; there are {names}.");
        }

        return schema;
    }

    private static async Task<IFormCollection?> ReadFormAsync(HttpContext http)
    {
        try
        {
            return await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception wrong) when (wrong is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            await Problem.WriteAsync(http, 400, $"The form cannot be read: {wrong.Message}");
            return null;
        }
    }

    private async Task<FaultParse> ReadJsonAsync(HttpContext http, FaultSchema schema)
    {
        var now = clock.GetUtcNow();
        if (http.Request.ContentLength == 0 || (http.Request.ContentLength is null && http.Request.ContentType is null))
        {
            return FaultParser.Parse(schema, [], options.Caps, now, DefaultDuration);
        }

        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
            return FaultParser.ParseJson(schema, body.RootElement, options.Caps, now, DefaultDuration);
        }
        catch (JsonException wrong)
        {
            return new FaultParse.Invalid([$"the body is not JSON: {wrong.Message}"]);
        }
    }
}
