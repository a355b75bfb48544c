using System.Text;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Validation;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Mediation.Register;
using Isthmus.Store.Connections;
using Isthmus.Trust.Consent;
using Isthmus.Trust.Consent.Import;
using Finding = Isthmus.Exchange.Finding;

namespace Isthmus.Host.Running;

/// <summary>What a load did.</summary>
internal sealed record RecordLoadOutcome(int Registered, int Known, int Consents, IReadOnlyList<Finding> Findings);

/// <summary>Loads Patient and Consent resources from NDJSON files: first the persons, then what they agreed to.</summary>
internal static class RecordLoad
{
    private const string Actor = "records-load";

    private static readonly FhirValidator Validator = FhirValidator.For(DefinitionSet.R4);

    private static readonly ValidationOptions ErrorsOnly = new() { LeastSeverity = FindingSeverity.Error };

    public static async Task<RecordLoadOutcome> RunAsync(
        Installation installation, SiteModel site, IEnumerable<FileInfo> files, CancellationToken cancellation)
    {
        var registry = await PersonRegistry.OpenAsync(
            installation.Store, installation.Keys, site.Keys.Records, site.Tenant.Id, cancellation);
        var lines = files.SelectMany(LinesOf).ToLookup(l => TypeOf(l.Json), StringComparer.Ordinal);

        var findings = new List<Finding>();
        var patients = lines["Patient"].Where(l => Conforms(l.Place, l.Json, findings)).Select(l => l.Json).ToList();
        var registration = await registry.RegisterAsync(patients, Actor, cancellation);
        findings.AddRange(registration.Findings);
        foreach (var unknown in lines.Where(g => g.Key is not ("Patient" or "Consent")))
        {
            findings.Add(new Finding(
                "records.type-not-loaded", Severity.Error, unknown.Key, $"{unknown.Count()} lines are neither Patient nor Consent; they were left out."));
        }

        var import = new ConsentImport(
            new ConsentStore(installation.Store.For(ZoneRole.Mediation)), site.Tenant.Id,
            async (patient, cancel) => await registry.FindAsync(patient.System, patient.Value.Reveal(), cancel), Actor);
        var consents = 0;
        foreach (var (place, json) in lines["Consent"])
        {
            // A consent that does not conform is told of and taken all the same: on file, and unreadable, it denies.
            Conforms(place, json, findings);
            var taken = await import.TakeAsync(json, place, cancellation);
            consents += taken.Changed ? 1 : 0;
            if (taken.Finding is { } finding)
            {
                findings.Add(finding);
            }
        }

        return new RecordLoadOutcome(registration.Registered, registration.Known, consents, findings);
    }

    /// <summary>Whether a line is FHIR R4 as it should be; what is not is reported with its place.</summary>
    private static bool Conforms(string place, ReadOnlyMemory<byte> json, List<Finding> findings)
    {
        var result = Validator.Validate(json, ErrorsOnly);
        findings.AddRange(result.Findings.Select(f => new Finding(f.Rule.Id, Severity.Error, $"{place} {f.Expression}", f.Message)));
        return result.IsValid;
    }

    private static IEnumerable<(string Place, ReadOnlyMemory<byte> Json)> LinesOf(FileInfo file) =>
        File.ReadLines(file.FullName)
            .Select((text, at) => ($"{file.Name}:{at + 1}", (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)))
            .Where(line => line.Item2.Length > 0);

    private static string TypeOf(ReadOnlyMemory<byte> line) => FhirJsonReader.Read(line).Root.ResourceType ?? "unreadable";
}
