using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Door;

/// <summary>Clients that are slow on purpose lose their connection; the others notice nothing.</summary>
public sealed class SlowClientTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    /// <summary>What the other tests on the same cores add to an answer.</summary>
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(200);

    [Fact, HostileRow("D03")]
    public async Task Five_hundred_dribbled_heads_are_closed_within_half_a_minute_while_others_are_served()
    {
        await using var door = RunningDoor.Start();
        var quiet = new List<TimeSpan>();
        for (var i = 0; i < 50; i++)
        {
            quiet.Add(await AnswerTimeAsync(door));
        }

        var slow = new List<Socket>();
        for (var i = 0; i < 500; i++)
        {
            slow.Add(await Sender.DialAsync(door.Port, "127.0.0.3"));
            await slow[^1].SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX-"u8.ToArray());
        }

        // Who only connects has no longer.
        var silent = new List<Socket>();
        for (var i = 0; i < 50; i++)
        {
            silent.Add(await Sender.DialAsync(door.Port, "127.0.0.4"));
        }

        var watch = Stopwatch.StartNew();
        var closed = Task.WhenAll(slow.Select(DribbleAsync));
        var busy = new List<TimeSpan>();
        while (!closed.IsCompleted)
        {
            busy.Add(await AnswerTimeAsync(door));
            await Task.WhenAny(closed, Task.Delay(50));
        }

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Soon);
        Assert.InRange(Typical(busy), TimeSpan.Zero, (2 * Typical(quiet)) + Noise);
        Assert.All(await closed, answer =>
        {
            Assert.Equal([408], Wires.Statuses(answer));
            Assert.Contains("http.head-too-slow", answer, StringComparison.Ordinal);
        });
        Assert.All(await Task.WhenAll(silent.Select(Wires.ReadToEndAsync)).WaitAsync(Soon), Assert.Empty);
        slow.Concat(silent).ToList().ForEach(socket => socket.Dispose());

        // One more byte now and then, for as long as the other side lets it.
        static async Task<string> DribbleAsync(Socket socket)
        {
            var reading = Wires.ReadToEndAsync(socket);
            while (await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(3))) != reading)
            {
                try
                {
                    await socket.SendAsync("a"u8.ToArray());
                }
                catch (SocketException)
                {
                    break;
                }
            }

            return await reading;
        }
    }

    [Theory]
    [InlineData("198.51.100.0/24", 5)]
    [InlineData("127.0.0.5/32", 10)]
    public async Task One_address_holds_half_of_the_connections_unless_it_is_a_proxy_of_ours(string proxies, int most)
    {
        await using var door = RunningDoor.Start(limits => limits with { MaxConnections = 10 }, proxies: [System.Net.IPNetwork.Parse(proxies)]);
        var held = new List<Socket>();
        for (var i = 0; i < most; i++)
        {
            held.Add(await Sender.DialAsync(door.Port, "127.0.0.5"));
            Assert.True(await IsHeardAsync(held[^1]));
        }

        Assert.False(await IsLetInAsync("127.0.0.5"));
        Assert.Equal(most < 10, await IsLetInAsync("127.0.0.6"));

        held[0].Dispose();
        await Eventually.Within(Soon, "its place", () => IsLetInAsync("127.0.0.5"));
        held.ForEach(socket => socket.Dispose());
        var refused = most < 10 ? "http.too-many-of-one-address" : "http.too-many-connections";
        Assert.Contains(door.Logs.Lines, line => line.Contains(refused, StringComparison.Ordinal));

        // Who has no place may be shown out while still coming in.
        async Task<bool> IsLetInAsync(string from)
        {
            try
            {
                using var socket = await Sender.DialAsync(door.Port, from);
                return await IsHeardAsync(socket);
            }
            catch (SocketException)
            {
                return false;
            }
        }

        static async Task<bool> IsHeardAsync(Socket socket)
        {
            try
            {
                await socket.SendAsync("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
                return await socket.ReceiveAsync(new byte[4096]).WaitAsync(Soon) > 0;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    [Fact, HostileRow("D04")]
    public async Task A_body_that_dribbles_is_cut_by_its_data_rate()
    {
        await using var door = RunningDoor.Start();
        using var socket = await Sender.DialAsync(door.Port);
        await socket.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nab"u8.ToArray());

        var answer = await Wires.ReadToEndAsync(socket).WaitAsync(Soon);

        Assert.Equal([408], Wires.Statuses(answer));
        Assert.Contains("http.sender-too-slow", answer, StringComparison.Ordinal);
        Assert.Empty(door.Seen);
    }

    [LongFact, HostileRow("D04")]
    public async Task An_answer_that_nobody_reads_is_cut_by_its_data_rate()
    {
        await using var door = RunningDoor.Start();
        using var socket = await Sender.DialAsync(door.Port);
        socket.ReceiveBufferSize = 4096;
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {RunningDoor.Large} HTTP/1.1\r\nHost: a\r\n\r\n"));

        // The other side gives up while nothing is read: afterwards less comes than there was.
        await Eventually.Within(TimeSpan.FromMinutes(2), "the answer is given up", () => door.GivenUp == 1);
        var answer = await Wires.ReadToEndAsync(socket).WaitAsync(Soon);

        Assert.InRange(answer.Length, 0, RunningDoor.LargeBytes - 1);
    }

    /// <summary>How long an honest client waits, a connection of its own included.</summary>
    private static async Task<TimeSpan> AnswerTimeAsync(RunningDoor door)
    {
        var began = Stopwatch.GetTimestamp();
        var answer = await door.AskAsync("GET /other HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>What nine of ten waited at the most; rarer ones tell of the machine.</summary>
    private static TimeSpan Typical(List<TimeSpan> times) => times.Order().ElementAt(times.Count * 9 / 10);
}
