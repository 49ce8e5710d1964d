using System.Collections.Frozen;
using System.Globalization;

namespace Rollouts.Analysis.Profiles;

/// <summary>How a request ended.</summary>
public enum Outcome
{
    /// <summary>A status that is not understood, or none: the request counts, and counts for no error.</summary>
    Unknown,
    Success,
    ClientError,
    ServerError,
}

/// <summary>The words in which a label tells how a request ended.</summary>
public enum StatusWords
{
    /// <summary>
    /// 503, 5xx, a class digit 5, or words such as SERVER_ERROR and failure: a server error; likewise 4 for the client.
    /// </summary>
    Http,

    /// <summary>A gRPC status by its number or its name.</summary>
    Grpc,
}

/// <summary>Reads the values that frameworks give to status labels.</summary>
public static class OutcomeLabel
{
    private static readonly FrozenDictionary<string, Outcome> HttpWords = new Dictionary<string, Outcome>
    {
        ["INFORMATIONAL"] = Outcome.Success,
        ["SUCCESS"] = Outcome.Success,
        ["REDIRECTION"] = Outcome.Success,
        ["CLIENT_ERROR"] = Outcome.ClientError,
        ["SERVER_ERROR"] = Outcome.ServerError,
        ["FAILURE"] = Outcome.ServerError,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// By number. What a server answers for its own fault: OpenTelemetry semantic conventions, gRPC, server spans.
    /// Source of numbers and names: grpc/grpc doc/statuscodes.md.
    /// </summary>
    private static readonly (string Name, Outcome Outcome)[] GrpcCodes =
    [
        ("OK", Outcome.Success),
        ("CANCELLED", Outcome.ClientError),
        ("UNKNOWN", Outcome.ServerError),
        ("INVALIDARGUMENT", Outcome.ClientError),
        ("DEADLINEEXCEEDED", Outcome.ServerError),
        ("NOTFOUND", Outcome.ClientError),
        ("ALREADYEXISTS", Outcome.ClientError),
        ("PERMISSIONDENIED", Outcome.ClientError),
        ("RESOURCEEXHAUSTED", Outcome.ClientError),
        ("FAILEDPRECONDITION", Outcome.ClientError),
        ("ABORTED", Outcome.ClientError),
        ("OUTOFRANGE", Outcome.ClientError),
        ("UNIMPLEMENTED", Outcome.ServerError),
        ("INTERNAL", Outcome.ServerError),
        ("UNAVAILABLE", Outcome.ServerError),
        ("DATALOSS", Outcome.ServerError),
        ("UNAUTHENTICATED", Outcome.ClientError),
        // Go's library spells it with one l.
        ("CANCELED", Outcome.ClientError),
    ];

    private static readonly FrozenDictionary<string, Outcome> GrpcNames = GrpcCodes.ToFrozenDictionary(
        code => code.Name, code => code.Outcome, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads one value; null is a label that is not there.</summary>
    public static Outcome Read(string? value, StatusWords words) => words switch
    {
        _ when string.IsNullOrEmpty(value) => Outcome.Unknown,
        StatusWords.Http => ReadHttp(value),
        StatusWords.Grpc => ReadGrpc(value),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Outcome ReadHttp(string value)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            return OfClass(code >= 100 ? code / 100 : code);
        }

        return value is [>= '1' and <= '5', 'x' or 'X', 'x' or 'X']
            ? OfClass(value[0] - '0')
            : HttpWords.GetValueOrDefault(value);
    }

    private static Outcome OfClass(int digit) => digit switch
    {
        >= 1 and <= 3 => Outcome.Success,
        4 => Outcome.ClientError,
        5 => Outcome.ServerError,
        _ => Outcome.Unknown,
    };

    private static Outcome ReadGrpc(string value)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            return code <= 16 ? GrpcCodes[code].Outcome : Outcome.Unknown;
        }

        return GrpcNames.GetValueOrDefault(value.Replace("_", "", StringComparison.Ordinal));
    }
}
