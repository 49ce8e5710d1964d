using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rollouts.Api.Requests;
using Rollouts.Api.Settings;

namespace Rollouts.Api.Faults;

/// <summary>The switches: <c>/demo/faults</c>.</summary>
internal sealed class FaultEndpoints(
    FaultOptions options, FaultBoard board, FaultPanel panel, FaultJournal journal, Identity identity, TimeProvider clock)
{
    private const int LongestName = 64;

    private static readonly TimeSpan DefaultDuration = TimeSpan.FromMinutes(5);

    private static readonly SearchValues<char> NameLetters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@: ");

    public Task GetAsync(HttpContext http) => AnswerAsync(http);

    public Task GetHistoryAsync(HttpContext http) =>
        JsonAnswer.WriteAsync(http, new FaultHistoryAnswer(journal.Records), ApiJson.Plain.FaultHistoryAnswer);

    public async Task PutAsync(HttpContext http)
    {
        if (await RefuseAsync(http) || await SchemaAsync(http) is not { } schema)
        {
            return;
        }

        var parsed = await ReadAsync(http, schema);
        if (parsed is FaultParse.Invalid invalid)
        {
            await Problem.WriteAsync(http, 400, string.Join("; ", invalid.Problems), invalid.Problems);
            return;
        }

        var fault = ((FaultParse.Valid)parsed).Switch with { By = Caller(http) };
        if (!board.IsForThisPod(fault))
        {
            await Problem.WriteAsync(
                http,
                StatusCodes.Status421MisdirectedRequest,
                $"This is pod {identity.Pod} of version {identity.Version}: the switch is for another. Ask again.");
            return;
        }

        panel.SwitchOn(fault);
        await AnswerAsync(http);
    }

    public async Task DeleteAsync(HttpContext http)
    {
        if (!await RefuseAsync(http) && await SchemaAsync(http) is { } schema)
        {
            panel.SwitchOff(schema.Kind, Caller(http));
            await AnswerAsync(http);
        }
    }

    public async Task DeleteAllAsync(HttpContext http)
    {
        if (!await RefuseAsync(http))
        {
            foreach (var fault in board.Running)
            {
                panel.SwitchOff(fault.Kind, Caller(http));
            }

            await AnswerAsync(http);
        }
    }

    private Task AnswerAsync(HttpContext http)
    {
        var now = clock.GetUtcNow();
        ImmutableArray<FaultView> views =
            [.. board.Running.Select(fault => FaultView.Of(fault, board.IsForThisPod(fault), now))];
        http.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.WriteAsync(
            http,
            new FaultsAnswer(options.IsEnabled, Shared: false, options.Seed, identity.Version, identity.Pod, views),
            ApiJson.Plain.FaultsAnswer);
    }

    private async Task<bool> RefuseAsync(HttpContext http)
    {
        if (!options.IsEnabled)
        {
            await Problem.WriteAsync(http, 403, "Demo faults are off. Start with DEMO_FAULTS_ENABLED=true to arm them.");
            return true;
        }

        if (options.Token.Length > 0 && !HasToken(http.Request.Headers.Authorization.ToString()))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            await Problem.WriteAsync(http, 401, "Switching a fault needs the header 'Authorization: Bearer <DEMO_TOKEN>'.");
            return true;
        }

        return false;
    }

    private bool HasToken(string header) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes($"Bearer {options.Token}"));

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

    private async Task<FaultParse> ReadAsync(HttpContext http, FaultSchema schema)
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

    // Who is asked for in a header; the address is the fallback that cannot be left out.
    private static string Caller(HttpContext http)
    {
        var name = http.Request.Headers["X-User"].ToString();
        var address = http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        return name.Length is > 0 and <= LongestName && !name.AsSpan().ContainsAnyExcept(NameLetters)
            ? $"{name} ({address})"
            : address;
    }
}
