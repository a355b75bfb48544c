using System.Net;
using System.Net.Sockets;
using System.Text;
using Isthmus.Inbound.Listeners;
using Isthmus.Inbound.Listeners.Mllp;

namespace Isthmus.Inbound.Tests;

/// <summary>The other end of the wire: sends frames, reads acknowledgements.</summary>
internal sealed class Sender : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket socket;
    private readonly Stream stream;
    private readonly FrameReader reader;

    public Sender(Socket socket, Stream stream)
    {
        this.socket = socket;
        this.stream = stream;
        reader = new FrameReader(stream, 1 << 20, new FrameMemory(1 << 22), _ => { });
    }

    /// <param name="from">An address of this machine's own, which the other side takes for somebody else's.</param>
    public static async Task<Socket> DialAsync(int port, string from = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    public static async Task<Sender> ConnectAsync(int port)
    {
        var socket = await DialAsync(port);
        return new Sender(socket, new NetworkStream(socket, ownsSocket: true));
    }

    public static byte[] Frame(string message) => [0x0B, .. Encoding.UTF8.GetBytes(message), 0x1C, 0x0D];

    public ValueTask SendRawAsync(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes);

    public ValueTask SendAsync(string message) => SendRawAsync(Frame(message));

    /// <summary>The next acknowledgement.</summary>
    public async Task<Answer> ReceiveAsync() => Answer.Of(await ReceiveTextAsync());

    /// <summary>The next frame's content.</summary>
    public async Task<string> ReceiveTextAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        var (kind, content) = await reader.NextAsync(limit.Token);
        Assert.Equal(FrameKind.Frame, kind);
        return Encoding.UTF8.GetString(content.Span);
    }

    public async Task<Answer> AskAsync(string message)
    {
        await SendAsync(message);
        return await ReceiveAsync();
    }

    /// <summary>Says that nothing more comes, while answers may still be read.</summary>
    public void FinishSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>True once the other side has closed the connection without another answer.</summary>
    public async Task<bool> IsClosedAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var (kind, _) = await reader.NextAsync(limit.Token);
            return kind == FrameKind.End;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        socket.Dispose();
    }
}

/// <summary>An acknowledgement, taken apart.</summary>
/// <param name="Code">MSA-1.</param>
/// <param name="ControlId">MSA-2: of the message that is answered.</param>
/// <param name="OwnId">MSH-10 of the acknowledgement; where the message was journalled, its journal id.</param>
/// <param name="Rule">ERR-5, or empty.</param>
internal sealed record Answer(string Code, string ControlId, string OwnId, string Rule, string Text)
{
    /// <summary>MSA-4, or empty.</summary>
    public string Expected => Text.Split('\r').Single(line => line.StartsWith("MSA", StringComparison.Ordinal)).Split('|').ElementAtOrDefault(4) ?? "";

    public static Answer Of(string text)
    {
        var segments = text.Split('\r', StringSplitOptions.RemoveEmptyEntries).ToLookup(s => s[..3], s => s.Split('|'));
        var header = segments["MSH"].Single();
        var said = segments["MSA"].Single();
        return new Answer(said[1], said.ElementAtOrDefault(2) ?? "", header[9], segments["ERR"].SingleOrDefault()?[5] ?? "", text);
    }
}
