using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rollouts.Api.Docs;
using Rollouts.Api.Echo;
using Rollouts.Api.Faults;
using Rollouts.Api.Health;
using Rollouts.Api.Items;
using Rollouts.Api.Requests;
using Rollouts.Api.Version;

namespace Rollouts.Api;

/// <summary>Every body this API writes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(InstanceAnswer))]
[JsonSerializable(typeof(ItemsAnswer))]
[JsonSerializable(typeof(Item))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(FaultsAnswer))]
[JsonSerializable(typeof(FaultHistoryAnswer))]
[JsonSerializable(typeof(SharedFault))]
[JsonSerializable(typeof(OneShotAnswer))]
[JsonSerializable(typeof(EchoAnswer))]
[JsonSerializable(typeof(RootAnswer))]
[JsonSerializable(typeof(ImmutableArray<Item>))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>
    /// Quotes and accents as they are: these bodies are JSON for programs and terminals, never part of a page.
    /// </summary>
    public static ApiJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
