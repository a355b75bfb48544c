using Isthmus.Exchange;
using Isthmus.Exchange.Phi;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Trust.Consent.Directives;

namespace Isthmus.Trust.Consent.Import;

/// <summary>What became of one consent.</summary>
/// <param name="Changed">False when this version was in force already, or could not be taken.</param>
/// <param name="Finding">
/// Why it could not be taken; or the warning that it was taken and is not understood, so that it denies until it is replaced.
/// </param>
public sealed record ConsentTaken(bool Changed, Finding? Finding);

/// <summary>Takes FHIR Consents, each in a transaction of its own: one that cannot be taken holds up no other.</summary>
/// <param name="resolve">The person behind an identifier, or null when there is none.</param>
/// <param name="actor">Who brings the consents, for the ledger.</param>
public sealed class ConsentImport(
    ConsentStore store, short tenant, Func<PatientIdentifier, CancellationToken, ValueTask<PersonId?>> resolve, string actor)
{
    /// <summary>No Consent comes near; the bound keeps one resource from taking the memory.</summary>
    private static readonly FhirJsonLimits Limits = new() { MaxBytes = 1 << 20 };

    /// <param name="resource">One Consent as JSON.</param>
    /// <param name="location">Where it stands, for findings: a file and line, never a value.</param>
    public async Task<ConsentTaken> TakeAsync(ReadOnlyMemory<byte> resource, string location, CancellationToken cancellation)
    {
        var read = FhirJsonReader.Read(resource, Limits);
        if (read.Fault is { } fault)
        {
            return Refused(fault.Rule, location, fault.Message);
        }

        if (read.Root.ResourceType != "Consent")
        {
            return Refused("consent.import.not-a-consent", location, "This is another resource; only Consents are taken here.");
        }

        var patient = read.Root["patient"u8];
        var named = IdentifierOf(patient["identifier"u8]);
        if (named is null && OwnIdOf(patient["reference"u8]) is null)
        {
            return Refused("consent.import.patient-missing", location, "Consent.patient must name the patient by identifier, with system and value.");
        }

        var person = named is { } identifier ? await resolve(identifier, cancellation) : OwnIdOf(patient["reference"u8]);
        if (person is null)
        {
            return Refused("consent.import.patient-unknown", location, "No person has this identifier; load the patients first.");
        }

        var directive = ConsentReader.Read(read.Root, person.Value, resource.Span);
        var changed = await store.RecordAsync(tenant, directive, actor, cancellation);
        return new ConsentTaken(changed, directive.Root is not null ? null : new Finding(
            "consent.import.unreadable", Severity.Warning, location, "The consent is recorded and not understood; it denies until it is replaced."));
    }

    private static PatientIdentifier? IdentifierOf(FhirElement identifier) =>
        (identifier["system"u8].AsString(), identifier["value"u8].AsString()) is ({ } system, { } value)
            ? new PatientIdentifier(system, new PhiText(value))
            : null;

    /// <summary>A reference to a Patient of this layer carries the person's key.</summary>
    private static PersonId? OwnIdOf(FhirElement reference) =>
        reference.AsString() is { } text && text.StartsWith("Patient/", StringComparison.Ordinal) && Guid.TryParse(text.AsSpan("Patient/".Length), out var id)
            ? new PersonId(id)
            : null;

    private static ConsentTaken Refused(string rule, string location, string text) =>
        new(false, new Finding(rule, Severity.Error, location, text));
}
