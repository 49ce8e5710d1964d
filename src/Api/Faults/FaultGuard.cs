using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Rollouts.Api.Requests;

namespace Rollouts.Api.Faults;

/// <summary>Who may switch a fault, and who did.</summary>
internal sealed class FaultGuard(FaultOptions options)
{
    private const int LongestName = 64;

    private static readonly SearchValues<char> NameLetters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@: ");

    /// <summary>Answers 401 or 403 and returns true when the caller may not.</summary>
    /// <param name="formToken">The token as a form carries it; null when there is no form.</param>
    public async Task<bool> RefuseAsync(HttpContext http, string? formToken = null)
    {
        if (!options.IsEnabled)
        {
            await Problem.WriteAsync(
                http,
                403,
                "Demo faults are off. Start with DEMO_FAULTS_ENABLED=true to arm them.");
            return true;
        }

        if (IsForeignPage(http.Request))
        {
            await Problem.WriteAsync(http, 403, "A page of another origin may not switch faults.");
            return true;
        }

        var header = formToken is { Length: > 0 }
            ? $"Bearer {formToken}"
            : http.Request.Headers.Authorization.ToString();
        if (options.Token.Length > 0 && !HasToken(header))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            await Problem.WriteAsync(
                http,
                401,
                "Switching a fault needs the header 'Authorization: Bearer <DEMO_TOKEN>'.");
            return true;
        }

        return false;
    }

    /// <summary>A name may be given; the address is what cannot be left out.</summary>
    public static string Caller(HttpContext http)
    {
        var name = http.Request.Headers["X-User"].ToString();
        var address = http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        return name.Length is > 0 and <= LongestName && !name.AsSpan().ContainsAnyExcept(NameLetters)
            ? $"{name} ({address})"
            : address;
    }

    private bool HasToken(string header) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes($"Bearer {options.Token}"));

    // Browsers send Origin with every POST, PUT and DELETE; a form of another site would carry its own.
    private static bool IsForeignPage(HttpRequest request) =>
        request.Headers.Origin.ToString() is { Length: > 0 } origin
        && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == request.Host.Value);
}
