using System.Text;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Mediation.Register;
using Isthmus.Store.Connections;
using Isthmus.Trust.Consent;
using Isthmus.Trust.Consent.Directives;

namespace Isthmus.Host.Running;

/// <summary>What a load did.</summary>
internal sealed record RecordLoadOutcome(int Registered, int Known, int Consents, IReadOnlyList<Finding> Findings);

/// <summary>Loads Patient and Consent resources from NDJSON files: first the persons, then what they agreed to.</summary>
internal static class RecordLoad
{
    public static async Task<RecordLoadOutcome> RunAsync(
        Installation installation, SiteModel site, IEnumerable<FileInfo> files, CancellationToken cancellation)
    {
        var registry = await PersonRegistry.OpenAsync(
            installation.Store, installation.Keys, site.Keys.Records, site.Tenant.Id, cancellation);
        var lines = files.SelectMany(f => File.ReadLines(f.FullName)).Where(l => l.Length > 0)
            .Select(l => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(l)).ToLookup(TypeOf, StringComparer.Ordinal);

        var registration = await registry.RegisterAsync(lines["Patient"], "records-load", cancellation);
        var findings = registration.Findings.ToList();
        foreach (var unknown in lines.Where(g => g.Key is not ("Patient" or "Consent")))
        {
            findings.Add(new Finding(
                "records.type-not-loaded", Severity.Error, unknown.Key, $"{unknown.Count()} lines are neither Patient nor Consent; they were left out."));
        }

        var store = new ConsentStore(installation.Store.For(ZoneRole.Mediation));
        var consents = 0;
        foreach (var line in lines["Consent"])
        {
            var consent = FhirJsonReader.Read(line).Root;
            if (await PersonOf(consent, registry, cancellation) is not { } person)
            {
                findings.Add(new Finding(
                    "consent.person-unknown", Severity.Error, $"Consent/{consent["id"u8].AsString()}",
                    "The consent names nobody who is registered here; register the patient first."));
                continue;
            }

            consents += await store.RecordAsync(site.Tenant.Id, ConsentReader.Read(consent, person, line.Span), "records-load", cancellation) ? 1 : 0;
        }

        return new RecordLoadOutcome(registration.Registered, registration.Known, consents, findings);
    }

    private static string TypeOf(ReadOnlyMemory<byte> line) => FhirJsonReader.Read(line).Root.ResourceType ?? "unreadable";

    private static async Task<PersonId?> PersonOf(FhirElement consent, PersonRegistry registry, CancellationToken cancellation)
    {
        var patient = consent["patient"u8];
        if (patient["identifier"u8] is { Exists: true } identifier)
        {
            return await registry.FindAsync(
                identifier["system"u8].AsString() ?? string.Empty, identifier["value"u8].AsString() ?? string.Empty, cancellation);
        }

        var reference = patient["reference"u8].AsString();
        return reference is not null && Guid.TryParse(reference.AsSpan(reference.LastIndexOf('/') + 1), out var id) ? new PersonId(id) : null;
    }
}
