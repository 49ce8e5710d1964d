using System.Net.Sockets;

namespace Rollouts.Api.Tests.Hosting;

/// <summary>A real Redis without persistence; it can be killed and started again, empty.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private readonly int _port = FreePort.Take();
    private ChildProcess? _server;

    public string Connection => $"127.0.0.1:{_port}";

    public async ValueTask InitializeAsync() => await StartAsync();

    public async Task StartAsync()
    {
        _server = ChildProcess.Start(
            Tool.Find("redis-server"),
            ["--port", $"{_port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        await Until.TrueAsync(async () => await CommandAsync("PING") == "+PONG", "Redis answers");
    }

    public async Task KillAsync()
    {
        _server!.KillAll();
        await _server.DisposeAsync();
        _server = null;
    }

    /// <summary>Sends one inline command and returns the first line of the answer; empty when nobody answers.</summary>
    public async Task<string> CommandAsync(string command)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", _port, TestContext.Current.CancellationToken);
            await using var stream = client.GetStream();
            await stream.WriteAsync(
                System.Text.Encoding.UTF8.GetBytes(command + "\r\n"), TestContext.Current.CancellationToken);
            using var reader = new StreamReader(stream);
            return await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
        }
        catch (SocketException)
        {
            return "";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await KillAsync();
        }
    }
}
