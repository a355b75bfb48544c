using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Host.Bench;

/// <summary>Requests for tokens, signed beforehand, and sent over as few connections as a partner's servers would.</summary>
internal sealed class TokenLoad(IPEndPoint door)
{
    private const int Connections = 32;

    /// <summary>Each request whole, with an assertion of its own.</summary>
    public static byte[][] Sign(int count, string client, string issuer, SignatureAlgorithm algorithm, AsymmetricAlgorithm key, string keyId)
    {
        var requests = new byte[count][];
        var header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm.Name()}}","kid":"{{keyId}}","typ":"JWT"}"""));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        Parallel.For(0, count, () => Copy(key), (i, _, own) =>
        {
            var claims = $$"""{"iss":"{{client}}","sub":"{{client}}","aud":"{{issuer}}","jti":"{{Guid.NewGuid():N}}","iat":{{now}},"exp":{{now + 300}}}""";
            var signed = $"{header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
            var bytes = Encoding.ASCII.GetBytes(signed);
            var signature = own is RSA rsa
                ? rsa.SignData(bytes, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1)
                : ((ECDsa)own).SignData(bytes, HashAlgorithmName.SHA384);
            requests[i] = Request($"{signed}.{Base64Url.EncodeToString(signature)}");
            return own;
        }, own => own.Dispose());
        return requests;
    }

    /// <summary>Sends until <paramref name="request"/> has no more or the time is over; each answer must be a 200.</summary>
    public async Task<LoadOutcome> RunAsync(Func<int, byte[]?> request, TimeSpan lasting, CancellationToken cancellation)
    {
        var next = -1;
        var latencies = new ConcurrentBag<List<double>>();
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(i => Task.Run(async () =>
        {
            // Each from an address of its own: what one address is given is less than what is measured.
            using var socket = new TcpClient(new IPEndPoint(new IPAddress([127, 0, 1, (byte)(i + 1)]), 0)) { NoDelay = true };
            await socket.ConnectAsync(door, cancellation);
            await using var stream = socket.GetStream();
            var (answer, took) = (new byte[4096], new List<double>(10_000));
            while (Stopwatch.GetElapsedTime(begun) < lasting && request(Interlocked.Increment(ref next)) is { } bytes)
            {
                var sent = Stopwatch.GetTimestamp();
                await stream.WriteAsync(bytes, cancellation);
                await ReadAsync(stream, answer, cancellation);
                took.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }

            latencies.Add(took);
        }, cancellation)));
        var elapsed = Stopwatch.GetElapsedTime(begun);
        double[] all = [.. latencies.SelectMany(l => l)];
        return new LoadOutcome(all.Length, elapsed, all);
    }

    /// <summary>The token that one request gets.</summary>
    public async Task<string> TokenAsync(byte[] request, CancellationToken cancellation)
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(door, cancellation);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(request, cancellation);
        var answer = new byte[4096];
        var length = await ReadAsync(stream, answer, cancellation);
        using var json = JsonDocument.Parse(answer.AsMemory(0, length)[(answer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) + 4)..]);
        return json.RootElement.GetProperty("access_token").GetString()!;
    }

    private static AsymmetricAlgorithm Copy(AsymmetricAlgorithm key) =>
        key is RSA rsa ? RSA.Create(rsa.ExportParameters(true)) : ECDsa.Create(((ECDsa)key).ExportParameters(true));

    private static byte[] Request(string assertion)
    {
        var body = "grant_type=client_credentials&scope=system%2FPatient.rs"
            + $"&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={assertion}";
        return Encoding.ASCII.GetBytes(
            $"POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    /// <summary>Reads one answer, which has a Content-Length and is small.</summary>
    private static async Task<int> ReadAsync(NetworkStream stream, byte[] room, CancellationToken cancellation)
    {
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(room.AsMemory(length), cancellation);
            length += read;
            var end = room.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (read == 0)
            {
                throw new IOException("The door closed the connection.");
            }

            if (end >= 0 && length >= end + 4 + ContentLength(room.AsSpan(0, end)))
            {
                break;
            }
        }

        if (!room.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8))
        {
            throw new RefusalException(new Refusal("bench.token-refused", "A request for a token was refused.", FailureDomain.TokenService));
        }

        return length;
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var name = "Content-Length: "u8;
        var rest = head[(head.IndexOf(name) + name.Length)..];
        return Utf8Parser.TryParse(rest, out int length, out _) ? length : 0;
    }
}
