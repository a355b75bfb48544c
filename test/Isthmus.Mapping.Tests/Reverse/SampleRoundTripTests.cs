using System.Text;

namespace Isthmus.Mapping.Tests.Reverse;

public sealed class SampleRoundTripTests
{
    /// <summary>A look at every sample; the environment says which.</summary>
    [Fact]
    public void Look()
    {
        if (Environment.GetEnvironmentVariable("ROUND_TRIP") is not { } wanted)
        {
            return;
        }

        var log = new StringBuilder();
        int same = 0, all = 0;
        foreach (var path in Directory.EnumerateFiles(Path.Combine(ConformanceFactAttribute.Root, "hl7v2", "messages"), "*.hl7").Order(StringComparer.Ordinal))
        {
            var bytes = File.ReadAllBytes(path);
            if (!Encoding.Latin1.GetString(bytes).Contains(wanted, StringComparison.Ordinal))
            {
                continue;
            }

            all++;
            var name = Path.GetFileNameWithoutExtension(path);
            var bundle = RoundTrip.Forward(bytes);
            var back = RoundTrip.Back(bundle);
            if (!back.IsWritten)
            {
                log.AppendLine($"##### {name}: not written: {string.Join("; ", back.Findings)}");
                continue;
            }

            try
            {
                RoundTrip.AssertSame(bundle, RoundTrip.Forward(back.Message.ToArray()), back.Message);
                same++;
                log.AppendLine($"##### {name}: same");
            }
            catch (Xunit.Sdk.FailException failure)
            {
                log.AppendLine($"##### {name}").AppendLine(Encoding.UTF8.GetString(bytes).Replace('\r', '\n')).AppendLine(failure.Message);
                log.AppendLine(string.Join('\n', back.Findings)).AppendLine("unread " + string.Join(", ", back.UnreadElements()));
            }
        }

        log.AppendLine($"{same} of {all} the same");
        File.WriteAllText(Path.Combine(Path.GetTempPath(), "round-trip.txt"), log.ToString());
    }
}
