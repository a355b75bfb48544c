using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Exchange;
using Isthmus.Exchange.Ledger;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Mediation.Identify;
using Isthmus.Mediation.Persons;
using Isthmus.Records;
using Isthmus.Records.Commit;
using Isthmus.Records.Keys;
using Isthmus.Store.Connections;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Ledger;
using Npgsql;

namespace Isthmus.Mediation.Register;

/// <summary>What became of the resources given.</summary>
public sealed record Registration(int Registered, int Known, IReadOnlyList<Finding> Findings);

/// <summary>Registers persons from FHIR Patient resources, and finds them by identifier.</summary>
public sealed class PersonRegistry(NpgsqlDataSource source, TenantKeys keys)
{
    /// <summary>Registrations belong to no message.</summary>
    private const long NoMessage = 0;

    private const int PerCommit = 200;

    /// <summary>Opens the registry for a command that holds Mediation's login and the key-encryption key.</summary>
    public static async Task<PersonRegistry> OpenAsync(
        StoreAccess store, KeySource folder, string keyFile, short tenant, CancellationToken cancellation)
    {
        var source = store.For(ZoneRole.Mediation);
        return new PersonRegistry(source, await TenantKeys.LoadAsync(source, folder, keyFile, tenant, cancellation));
    }

    /// <summary>
    /// Registers each Patient under every identifier that has a system. One whose identifier is known is left as it is,
    /// so a load may be repeated.
    /// </summary>
    /// <param name="lines">Patient resources, one JSON document each.</param>
    public async Task<Registration> RegisterAsync(IEnumerable<ReadOnlyMemory<byte>> lines, string actor, CancellationToken cancellation)
    {
        var (registered, known, findings) = (0, 0, new List<Finding>());
        var line = 0;
        foreach (var chunk in lines.Chunk(PerCommit))
        {
            var drafts = new List<PatientDraft>(chunk.Length);
            foreach (var json in chunk)
            {
                line++;
                if (PatientDraft.Read(json, keys) is { } draft)
                {
                    drafts.Add(draft);
                }
                else
                {
                    findings.Add(RegisterRules.NotAPatient(line));
                }
            }

            var present = await IdentityTable.FindAsync(source, keys.Tenant, [.. drafts.SelectMany(d => d.Person.Identifiers)], cancellation);

            // The second of two in one chunk is as known as one that was there before.
            var claimed = present.Keys.ToHashSet();
            PatientDraft[] fresh = [.. drafts.Where(d => !claimed.Overlaps(d.Person.Identifiers) && d.Person.Identifiers.All(claimed.Add))];
            await CommitAsync(fresh, actor, cancellation);
            registered += fresh.Length;
            known += drafts.Count - fresh.Length;
        }

        return new Registration(registered, known, findings);
    }

    /// <summary>The person behind an identifier, or null.</summary>
    public async Task<PersonId?> FindAsync(string system, string value, CancellationToken cancellation)
    {
        var key = PatientFacts.IdentifierKey(keys.IdentityKey, system, value);
        var found = await IdentityTable.FindAsync(source, keys.Tenant, [key], cancellation);
        return found.TryGetValue(key, out var person) ? person.Id : null;
    }

    private async Task CommitAsync(PatientDraft[] drafts, string actor, CancellationToken cancellation)
    {
        if (drafts.Length == 0)
        {
            return;
        }

        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        PackDraft[] packs = [.. drafts.Select(d => PackDraft.Of(NoMessage, d.Person.Person.Id, [d.Resource]))];
        var versions = await RecordCommit.CompareAsync(connection, packs, cancellation);
        var packIds = await RecordCommit.NewPackIdsAsync(connection, packs.Length, cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction);
        IdentityTable.AddNew(batch, keys.Tenant, [.. drafts.Select(d => d.Person)]);
        await new RecordCommit(keys).WriteAsync(connection, batch, packs, versions, packIds, cancellation);
        LedgerAppend.AddTo(batch, keys.Tenant,
            [.. drafts.Select(d => new LedgerEvent(LedgerKinds.PersonRegistered, actor, null, d.Person.Person.Id, "{}"))]);
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }
}

/// <summary>A Patient resource on its way to be a registered person.</summary>
internal sealed record PatientDraft(NewPerson Person, ResourceDraft Resource)
{
    /// <summary>Null for what is no Patient with an identifier.</summary>
    public static PatientDraft? Read(ReadOnlyMemory<byte> json, TenantKeys keys)
    {
        var given = FhirJsonReader.Read(json);
        if (given.Root.ResourceType != "Patient" || IdentifiersOf(given.Root, keys) is not { Count: > 0 } identifiers)
        {
            return null;
        }

        var id = PersonId.New();
        var bytes = WithId(json, id);
        var patient = FhirJsonReader.Read(bytes).Root;
        var name = patient["name"u8];
        var born = (patient["birthDate"u8].AsString() ?? string.Empty).Replace("-", string.Empty, StringComparison.Ordinal);
        var person = new KnownPerson(
            id,
            PatientFacts.TextKey(keys.IdentityKey, "family", name["family"u8].AsString() ?? string.Empty),
            PatientFacts.TextKey(keys.IdentityKey, "given", name["given"u8][0].AsString() ?? string.Empty),
            PatientFacts.TextKey(keys.IdentityKey, "birth", born.Length == 8 ? born : string.Empty),
            PatientFacts.SexOf(patient["gender"u8].AsString() ?? string.Empty),
            Provisional: false,
            Gaps: []);
        return new PatientDraft(
            new NewPerson(person, identifiers), new ResourceDraft("Patient", id.Value, patient, bytes, default));
    }

    private static List<Guid> IdentifiersOf(FhirElement patient, TenantKeys keys)
    {
        var found = new List<Guid>();
        foreach (var identifier in patient["identifier"u8])
        {
            if (identifier["system"u8].AsString() is { } system && identifier["value"u8].AsString() is { } value && !string.IsNullOrWhiteSpace(value))
            {
                found.Add(PatientFacts.IdentifierKey(keys.IdentityKey, system, value));
            }
        }

        return [.. found.Distinct()];
    }

    private static byte[] WithId(ReadOnlyMemory<byte> json, PersonId id)
    {
        var patient = JsonNode.Parse(json.Span)!.AsObject();
        patient["id"] = id.ToString();
        return JsonSerializer.SerializeToUtf8Bytes(patient);
    }
}

internal static class RegisterRules
{
    public static Finding NotAPatient(int line) => new(
        "register.not-a-patient", Severity.Error, $"line {line}",
        "This line is no FHIR Patient with an identifier that has system and value; it was left out.");
}
