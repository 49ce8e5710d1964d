using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rollouts.AnalysisController.Commands;

/// <summary>
/// The <c>hc</c> verb: asks a controller, on this machine or behind a Service, whether it lives. For containers whose
/// image has no shell and no curl.
/// </summary>
internal static class HealthCheckCommand
{
    private const int Alive = 0;

    private const int Dead = 1;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private static readonly Argument<string> Where = new("port")
    {
        Description = "Port on 127.0.0.1, or HOST:PORT.",
    };

    /// <summary>The command, to be added to the root.</summary>
    public static Command Create()
    {
        var command = new Command(
            "hc",
            "Ask a running controller for /livez. Exit code: 0 it answers 200, 1 it does not."
        )
        {
            Where,
        };
        Where.Validators.Add(argument =>
        {
            if (argument.Tokens is [{ Value: var text }] && EndPointOf(text) is null)
            {
                argument.AddError($"port '{text}': want 1 to {IPEndPoint.MaxPort}, or HOST:PORT");
            }
        });
        command.SetAction(
            async (arguments, cancellation) =>
            {
                var answer = await AskAsync(EndPointOf(arguments.GetRequiredValue(Where))!, cancellation);
                if (!IsGood(answer))
                {
                    await arguments.InvocationConfiguration.Error.WriteLineAsync($"hc: {answer}");
                }

                return IsGood(answer) ? Alive : Dead;
            }
        );
        return command;
    }

    private static bool IsGood(string answer) =>
        answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal);

    private static DnsEndPoint? EndPointOf(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? IPAddress.Loopback.ToString() : text[..colon].Trim('[', ']');
        return ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port > 0 && host.Length > 0
                ? new DnsEndPoint(host, port)
                : null;
    }

    /// <summary>The first line of the answer, or why there is none.</summary>
    private static async Task<string> AskAsync(DnsEndPoint where, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(AnswerTimeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(where, either.Token);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(
                "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray(),
                either.Token
            );
            using var reader = new StreamReader(stream);
            return await reader.ReadLineAsync(either.Token) ?? $"{where.Host}:{where.Port}: no answer";
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return $"{where.Host}:{where.Port}: {e.Message}";
        }
        catch (OperationCanceledException)
        {
            return $"{where.Host}:{where.Port}: no answer within {AnswerTimeout.TotalSeconds} s";
        }
    }
}
