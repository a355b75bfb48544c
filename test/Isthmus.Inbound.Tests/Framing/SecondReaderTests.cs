using System.Text;
using Isthmus.Inbound.Listeners.Framing;
using Isthmus.Inbound.Tests.Door;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Framing;

/// <summary>
/// What the guard lets through, other readers frame in the same way: Node's strict parser to the byte, and the server behind the guard by
/// what its handler sees. What the guard refuses they may take; it is stricter on purpose.
/// </summary>
public sealed class SecondReaderTests
{
    [Fact]
    public void Node_frames_what_passes_in_the_same_way() => BesideNode(seed: 1, rounds: 4_000);

    [LongFact]
    public void Node_frames_very_much_of_what_passes_in_the_same_way() => BesideNode(seed: 2, rounds: 200_000);

    [Fact]
    public Task The_server_sees_what_passes_in_the_same_way() => BesideServerAsync(seed: 3, rounds: 100);

    [LongFact]
    public Task The_server_sees_very_much_of_what_passes_in_the_same_way() => BesideServerAsync(seed: 4, rounds: 1_500);

    private static void BesideNode(int seed, int rounds)
    {
        using var node = new NodeReader();
        var wires = new RandomWire(seed);
        var passed = 0;
        var refused = 0;
        for (var round = 0; round < rounds; round++)
        {
            var wire = wires.Next();
            var (ours, end, isRefused) = Guarded(wire);

            // What the guard holds back Node never gets, so it reads what was handed on.
            var theirs = node.Read(wire[..(int)end]);

            Assert.True(theirs.Error is null, $"seed {seed}, round {round}: {theirs.Error} in {Encoding.Latin1.GetString(wire)}");
            Assert.True(
                ours.SequenceEqual(theirs.Requests),
                $"seed {seed}, round {round}: {string.Join(' ', ours)} but {string.Join(' ', theirs.Requests)} in {Encoding.Latin1.GetString(wire)}");
            passed += ours.Count;
            refused += isRefused ? 1 : 0;
        }

        Assert.True(passed > rounds / 2 && refused > rounds / 4, $"The wires tell little: {passed} requests passed, {refused} connections were refused.");
    }

    private static async Task BesideServerAsync(int seed, int rounds)
    {
        await using var door = RunningDoor.Start();
        var wires = new RandomWire(seed);
        for (var round = 0; round < rounds; round++)
        {
            var wire = wires.Next();
            var (ours, _, isRefused) = Guarded(wire);
            if (!isRefused)
            {
                // A request that is not whole is left out, so that the connection ends.
                wire = [.. wire.AsSpan(0, (int)ours.Select(request => request.End).Append(0).Max()), .. "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8];
                (ours, _, _) = Guarded(wire);
            }

            door.Seen.Clear();
            using var socket = await Sender.DialAsync(door.Port);
            await socket.SendAsync(wire);
            await Wires.ReadToEndAsync(socket);

            var expected = ours.Where(request => request.End >= 0).Select(request => $"{request.Method} {Decoded(request.Target)} {request.Body}");
            var seen = door.Seen.Select(line => string.Join(' ', line.Split(' ')[..^4]));
            Assert.True(
                expected.SequenceEqual(seen),
                $"seed {seed}, round {round}: {string.Join(", ", expected)} but {string.Join(", ", seen)} in {Encoding.Latin1.GetString(wire)}");
        }
    }

    /// <summary>The requests as the guard frames them, and how far it hands the connection on.</summary>
    private static (List<Framed> Requests, long Passed, bool IsRefused) Guarded(byte[] wire)
    {
        using var framing = new RequestFraming(new FramingLimits());
        var requests = new List<Framed>();
        long ended = 0;
        var start = 0;
        for (var i = 0; i < wire.Length; i++)
        {
            var before = framing.Passed;
            var inHead = framing.IsInHead || i == start;
            framing.Judge(wire.AsSpan(i, 1));
            if (inHead && framing.Passed > before)
            {
                var line = Encoding.Latin1.GetString(wire, start, Array.IndexOf(wire, (byte)'\r', start) - start).Split(' ');
                requests.Add(new Framed(line[0], line[1], framing.Passed, -1, 0));
            }

            if (framing.Requests > ended)
            {
                ended = framing.Requests;
                start = i + 1;
                requests[^1] = requests[^1] with { End = i + 1 };
            }
        }

        for (var i = 0; i < requests.Count; i++)
        {
            requests[i] = requests[i] with { Body = BodyOf(wire, i == 0 ? 0 : requests[i - 1].End, requests[i], framing.Passed) };
        }

        return (requests, framing.Passed, framing.Refusal is not null);
    }

    /// <summary>Bytes of body that were handed on, without what frames them; read anew, so that the guard does not vouch for itself.</summary>
    private static long BodyOf(byte[] wire, long start, Framed request, long passed)
    {
        var head = Encoding.Latin1.GetString(wire, (int)start, (int)(request.Head - start));
        var end = request.End >= 0 ? request.End : passed;
        var body = Encoding.Latin1.GetString(wire, (int)request.Head, (int)(end - request.Head));
        if (!head.Contains("\ntransfer-encoding:", StringComparison.OrdinalIgnoreCase))
        {
            return body.Length;
        }

        long length = 0;
        for (var at = 0; at < body.Length;)
        {
            var lineEnd = body.IndexOf("\r\n", at, StringComparison.Ordinal);
            var size = Convert.ToInt32(body[at..lineEnd], 16);
            length += Math.Min(size, body.Length - lineEnd - 2);
            at = lineEnd + 2 + size + 2;
        }

        return length;
    }

    private static string Decoded(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? Uri.UnescapeDataString(target) : Uri.UnescapeDataString(target[..query]) + target[query..];
    }
}
