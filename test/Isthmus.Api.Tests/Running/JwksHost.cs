using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Isthmus.Api.Tests.Running;

/// <summary>Somebody's web server with one answer, which counts who asks; speaks as little HTTP as that takes.</summary>
internal sealed class JwksHost : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Task serving;
    private int asked;

    public JwksHost(string keys)
    {
        Keys = keys;
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/jwks");

    public string Keys { get; set; }

    public string Headers { get; set; } = "";

    public string Status { get; set; } = "200 OK";

    /// <summary>Nobody is answered before it is done.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    public int Asked => Volatile.Read(ref asked);

    /// <summary>The last request line.</summary>
    public string Line { get; private set; } = "";

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptTcpClientAsync();
                await using var stream = connection.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                Line = await reader.ReadLineAsync() ?? "";
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                }

                Interlocked.Increment(ref asked);
                await Held;
                var body = Encoding.UTF8.GetBytes(Keys);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {Status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{Headers}\r\n"));
                await stream.WriteAsync(body);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // Disposed.
        }
    }
}
