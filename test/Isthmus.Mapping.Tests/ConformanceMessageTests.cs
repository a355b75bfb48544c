using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Testing;

namespace Isthmus.Mapping.Tests;

public sealed partial class ConformanceMessageTests
{
    [ConformanceFact("hl7v2")]
    public void Every_result_message_gives_a_bundle_whose_references_all_resolve()
    {
        var wrong = new List<string>();
        foreach (var (id, bytes) in Messages())
        {
            using var translation = Demo.Translator.Translate(Demo.Parse(bytes), Demo.Context);
            var read = FhirJsonReader.Read(Demo.Bundle(translation));
            if (read.Fault is not null)
            {
                wrong.Add($"{id}: {read.Fault.Rule}");
                continue;
            }

            var known = translation.Resources.Select(resource => $"{resource.Type}/{resource.Id}").ToList();
            wrong.AddRange(known.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => $"{id}: twice {group.Key}"));
            wrong.AddRange(References(read.Root).Where(reference => !known.Contains(reference)).Select(reference => $"{id}: {reference}"));
        }

        Assert.Empty(wrong);
    }

    [ConformanceFact("hl7v2")]
    public void Every_OBX_is_an_observation_and_every_OBR_a_report()
    {
        foreach (var (id, bytes) in Messages())
        {
            var message = Demo.Parse(bytes);
            using var translation = Demo.Translator.Translate(message, Demo.Context);

            Assert.Equal((id, message.All("OBX").Count), (id, translation.Resources.Count(resource => resource.Type == "Observation")));
            Assert.Equal((id, message.All("OBR").Count), (id, translation.Resources.Count(resource => resource.Type == "DiagnosticReport")));
        }
    }

    [ConformanceFact("hl7v2")]
    public void A_message_cut_off_anywhere_never_throws()
    {
        var bytes = Messages().First(message => message.Id.Contains("oru_r01-full", StringComparison.Ordinal)).Bytes;
        for (var length = 8; length < bytes.Length; length += 7)
        {
            if (Hl7v2.Hl7Message.Parse(bytes.AsMemory(0, length)) is { IsReadable: true } read)
            {
                using var translation = Demo.Translator.Translate(read.Message, Demo.Context);
                Assert.Null(FhirJsonReader.Read(Demo.Bundle(translation)).Fault);
            }
        }
    }

    [ConformanceFact("hl7v2", "python3")]
    public void The_scorer_finds_at_least_97_of_100_core_facts()
    {
        var folder = Scratch.NewFolder("score");
        try
        {
            foreach (var (id, bytes) in Messages())
            {
                using var translation = Demo.Translator.Translate(Demo.Parse(bytes), Demo.Context);
                File.WriteAllBytes(Path.Combine(folder.FullName, id + ".json"), Demo.Bundle(translation));
            }

            var score = RunScorer(folder.FullName);
            var core = CoreOfResults().Match(score);

            Assert.True(core.Success, score);
            Assert.True(double.Parse(core.Groups[1].Value, CultureInfo.InvariantCulture) >= 97, score);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string RunScorer(string produced)
    {
        var script = Path.Combine(ConformanceFactAttribute.Root, "hl7v2", "score.py");
        using var scorer = Process.Start(new ProcessStartInfo("python3", ["-B", script, "--produced", produced, "--only-present"]) { RedirectStandardOutput = true, UseShellExecute = false });
        Assert.NotNull(scorer);
        var text = scorer.StandardOutput.ReadToEnd();
        scorer.WaitForExit();
        return text;
    }

    private static IEnumerable<(string Id, byte[] Bytes)> Messages() =>
        from path in Directory.EnumerateFiles(Path.Combine(ConformanceFactAttribute.Root, "hl7v2", "messages"), "*.hl7").Order(StringComparer.Ordinal)
        let bytes = File.ReadAllBytes(path)
        where System.Text.Encoding.Latin1.GetString(bytes, 0, Math.Min(400, bytes.Length)).Contains("|ORU", StringComparison.Ordinal)
        select (Path.GetFileNameWithoutExtension(path), bytes);

    private static IEnumerable<string> References(FhirElement element)
    {
        foreach (var child in element)
        {
            if (child.Name.SequenceEqual("reference"u8) && child.Kind == FhirKind.String)
            {
                yield return child.AsString()!;
            }

            foreach (var reference in References(child))
            {
                yield return reference;
            }
        }
    }

    [GeneratedRegex(@"^ORU .*CORE +([\d.]+)%", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex CoreOfResults();
}
