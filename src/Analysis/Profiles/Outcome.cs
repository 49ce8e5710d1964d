using System.Globalization;

namespace Rollouts.Analysis.Profiles;

/// <summary>How a request ended.</summary>
public enum Outcome
{
    /// <summary>Neither an error of the server nor of the client; also a value that is not understood.</summary>
    Other,
    ClientError,
    ServerError,
}

/// <summary>Reads the values that frameworks give to status labels.</summary>
public static class OutcomeLabel
{
    /// <summary>
    /// 500 to 599, 5xx, a class digit 5, SERVER_ERROR, failure: server error; likewise 4 for the client.
    /// </summary>
    public static Outcome Read(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return Outcome.Other;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            return code is (>= 500 and <= 599) or 5 ? Outcome.ServerError
                : code is (>= 400 and <= 499) or 4 ? Outcome.ClientError
                : Outcome.Other;
        }

        return value.ToUpperInvariant() switch
        {
            "5XX" or "SERVER_ERROR" or "FAILURE" => Outcome.ServerError,
            "4XX" or "CLIENT_ERROR" => Outcome.ClientError,
            _ => Outcome.Other,
        };
    }
}
