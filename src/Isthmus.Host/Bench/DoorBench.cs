using System.Text;
using Isthmus.Inbound.Listeners.Framing;

namespace Isthmus.Host.Bench;

/// <summary>
/// What the framing guard of the front door costs one core per request. The machine's limit beside it is a search for the line ends of
/// the same bytes, which any reader of HTTP makes.
/// </summary>
internal static class DoorBench
{
    private const double MostNanoseconds = 1000;
    private const int AtOnce = 1000;

    private static readonly TimeSpan Warming = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Measuring = TimeSpan.FromMilliseconds(900);

    public static IEnumerable<BenchResult> Run()
    {
        using var core = PinnedProcess.Pin();
        var token = new string('t', 1100);
        yield return Measure("a read: GET with an access token of 1.1 kB and eight fields", Encoding.ASCII.GetBytes(
            $"GET /fhir/Observation?patient=5f2c&category=laboratory&_count=50 HTTP/1.1\r\nHost: api.isthmus.example\r\nAuthorization: Bearer {token}\r\n"
            + "Accept: application/fhir+json\r\nAccept-Encoding: identity\r\nUser-Agent: partner/2.1\r\nX-Request-Id: 1c1f4c3e\r\n"
            + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nConnection: keep-alive\r\n\r\n"));
        var form = $"grant_type=client_credentials&scope=system%2FPatient.rs&client_assertion={new string('a', 900)}";
        yield return Measure("a token request: POST of 1 kB with its length", Encoding.ASCII.GetBytes(
            $"POST /oauth2/token HTTP/1.1\r\nHost: api.isthmus.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n\r\n{form}"));
        yield return Measure("a write: POST of 16 kB in chunks of 4 kB", Encoding.ASCII.GetBytes(
            $"POST /fhir/Observation HTTP/1.1\r\nHost: api.isthmus.example\r\nAuthorization: Bearer {token}\r\nContent-Type: application/fhir+json\r\n"
            + $"Transfer-Encoding: chunked\r\n\r\n{string.Concat(Enumerable.Repeat($"1000\r\n{new string('x', 4096)}\r\n", 4))}0\r\n\r\n"));
    }

    private static BenchResult Measure(string name, byte[] request)
    {
        using var guard = new FramingProbe();
        var judged = Nanoseconds(() => guard.Judge(request));
        var searched = Nanoseconds(() => LineEnds(request));
        if (guard.Judge(request) % request.Length != 0)
        {
            throw new InvalidOperationException("The guard refused the request that is measured.");
        }

        return BenchResult.AtMost(name, judged, "ns/request", MostNanoseconds, Math.Round(searched, 3));
    }

    private static long LineEnds(ReadOnlySpan<byte> request)
    {
        var found = 0;
        for (var end = request.IndexOf((byte)'\n'); end >= 0; end = request.IndexOf((byte)'\n'))
        {
            found++;
            request = request[(end + 1)..];
        }

        return found;
    }

    private static double Nanoseconds(Func<long> once)
    {
        _ = Round(once, Warming);
        return Round(once, Measuring);
    }

    private static double Round(Func<long> once, TimeSpan lasting)
    {
        var began = ProcessorTime.Now;
        long times = 0;
        while (ProcessorTime.Now - began < lasting)
        {
            for (var i = 0; i < AtOnce; i++)
            {
                once();
            }

            times += AtOnce;
        }

        return (ProcessorTime.Now - began).TotalNanoseconds / times;
    }
}
