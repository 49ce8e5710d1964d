using System.Buffers;
using System.Security.Cryptography;

namespace Rollouts.Api.Requests;

/// <summary>The id that ties an answer, its log lines and its caller together.</summary>
internal static class RequestId
{
    private const int LongestAccepted = 64;

    private static readonly SearchValues<char> Accepted =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:");

    /// <summary>The caller's id when it is short and harmless in a log and in a header, else a new one.</summary>
    public static string Of(string? offered) =>
        offered is { Length: > 0 and <= LongestAccepted } && !offered.AsSpan().ContainsAnyExcept(Accepted)
            ? offered
            : RandomNumberGenerator.GetHexString(16, lowercase: true);
}
