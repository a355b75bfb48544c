using System.Net;
using System.Net.Sockets;
using System.Text;
using Isthmus.Inbound.Tests.Framing;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Door;

/// <summary>
/// Every refused request, sent through a real proxy with a request hidden behind it. Whatever the proxy makes of it, the door hears only
/// what the proxy meant to forward, and whoever shares the proxy's connections gets their own answer.
/// </summary>
public sealed class BehindProxyTests
{
    private const string Hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\nX-Tail: ";
    private const int AtOnce = 8;

    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);

    [NeedsProgramsFact("nginx"), HostileRow("C10")]
    public async Task Nothing_is_smuggled_through_nginx()
    {
        await using var door = Door();
        await using var proxy = ReverseProxy.Nginx(door.Port);
        await NothingIsSmuggledAsync(door, proxy);
    }

    [NeedsProgramsFact("haproxy"), HostileRow("C10")]
    public async Task Nothing_is_smuggled_through_haproxy()
    {
        await using var door = Door();
        await using var proxy = ReverseProxy.Haproxy(door.Port);
        await NothingIsSmuggledAsync(door, proxy);
    }

    private static RunningDoor Door() => RunningDoor.Start(proxies: [IPNetwork.Parse("127.0.0.0/8")]);

    private static async Task NothingIsSmuggledAsync(RunningDoor door, ReverseProxy proxy)
    {
        await proxy.ReadyAsync();
        await VictimAsync(proxy.Port, "/victim/first");

        await Parallel.ForEachAsync(
            FramingCases.All.Where(c => c.Rule is not null).Select((c, i) => (c.Wire, Number: i)),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (attack, _) =>
            {
                await SendAsync(proxy.Port, attack.Wire + Hidden + "\r\n\r\n");
                await VictimAsync(proxy.Port, $"/victim/{attack.Number}/a");

                // The hidden request without its end, to be completed by the next request on that connection.
                await SendAsync(proxy.Port, attack.Wire + Hidden);
                await VictimAsync(proxy.Port, $"/victim/{attack.Number}/b");
            });

        Assert.All(door.Seen, line => Assert.Contains(ReverseProxy.Mark, line, StringComparison.OrdinalIgnoreCase));
        Assert.True(door.Seen.Count > 2 * FramingCases.All.Count(c => c.Rule is not null), "the victims were heard");
    }

    /// <summary>An honest request of somebody else gets one answer, its own.</summary>
    private static async Task VictimAsync(int port, string path)
    {
        var answer = await SendAsync(port, $"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.Equal([200], Wires.Statuses(answer));
        Assert.Contains($"GET {path} 0", answer, StringComparison.Ordinal);
    }

    /// <summary>What comes back until the proxy closes or falls silent.</summary>
    private static async Task<string> SendAsync(int port, string wire)
    {
        using var socket = await Sender.DialAsync(port);
        var answer = new StringBuilder();
        var buffer = new byte[8192];
        try
        {
            await socket.SendAsync(FramingCases.Bytes(wire));
            while (true)
            {
                // Before the first byte it is only slow; behind an answer silence means that there is no more.
                using var silence = new CancellationTokenSource(answer.Length == 0 && !wire.Contains(Hidden, StringComparison.Ordinal) ? TimeSpan.FromSeconds(30) : Silence);
                var read = await socket.ReceiveAsync(buffer, silence.Token);
                if (read == 0)
                {
                    break;
                }

                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Silent, or cut.
        }

        return answer.ToString();
    }
}
