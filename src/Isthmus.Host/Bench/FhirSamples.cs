using System.Globalization;
using System.Text;

namespace Isthmus.Host.Bench;

/// <summary>Invented resources of the sizes that others publish figures for, each in many variants, so that no branch predictor learns one by heart.</summary>
internal sealed record FhirSamples(
    ReadOnlyMemory<byte>[] Patients, ReadOnlyMemory<byte>[] Observations, ReadOnlyMemory<byte>[] Bundles, ReadOnlyMemory<byte>[] UsCorePatients)
{
    private const int Variants = 200;
    private const int Entries = 50;

    /// <summary>So many entries of a Bundle are Patients, the others Observations: 141 kB altogether.</summary>
    private const int PatientEntries = 33;

    private static readonly string[] Families = ["Sample", "Beispiel", "Exemple", "Voorbeeld", "Ejemplo", "Campione", "Prøve", "Náhled"];

    public static FhirSamples Create()
    {
        var patient = Template("patient");
        var observation = Template("observation");
        return new FhirSamples(
            Many(patient, Variants), Many(observation, Variants), [.. Enumerable.Range(0, 20).Select(number => Bundle(patient, observation, number))], Many(Template("patient-us"), Variants));
    }

    /// <summary>The average size in bytes.</summary>
    public static double Size(ReadOnlyMemory<byte>[] samples) => Math.Round(samples.Average(sample => (double)sample.Length));

    private static string Template(string name)
    {
        using var stream = typeof(FhirSamples).Assembly.GetManifestResourceStream($"{name}.json")
            ?? throw new InvalidOperationException($"The sample {name} is missing from this build.");
        return new StreamReader(stream).ReadToEnd().TrimEnd();
    }

    private static ReadOnlyMemory<byte>[] Many(string template, int count) =>
        [.. Enumerable.Range(0, count).Select(number => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(Variant(template, number)))];

    private static string Variant(string template, int number) => template
        .Replace("00001", number.ToString("D5", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("\"Sample\"", $"\"{Families[number % Families.Length]}\"", StringComparison.Ordinal)
        .Replace("1974-12-25", $"{1930 + (number % 80)}-{1 + (number % 12):D2}-{1 + (number % 28):D2}", StringComparison.Ordinal)
        .Replace("6.30", (3 + (number % 90 * 0.07)).ToString("0.00", CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static ReadOnlyMemory<byte> Bundle(string patient, string observation, int number)
    {
        var bundle = new StringBuilder($$"""{"resourceType":"Bundle","id":"sample-{{number}}","type":"collection","timestamp":"2026-03-01T09:00:00Z","entry":[""");
        for (var entry = 0; entry < Entries; entry++)
        {
            var resource = Variant(entry < PatientEntries ? patient : observation, (number * Entries) + entry);
            bundle.Append(entry == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{{\"fullUrl\":\"urn:uuid:0189d0e2-7c1e-7d6a-9f3b-{number:D4}{entry:D8}\",\"resource\":{resource}}}");
        }

        return Encoding.UTF8.GetBytes(bundle.Append("]}").ToString());
    }
}
