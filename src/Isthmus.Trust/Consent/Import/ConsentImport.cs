using System.Buffers;
using System.IO.Pipelines;
using Isthmus.Exchange;
using Isthmus.Exchange.Phi;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Trust.Consent.Directives;

namespace Isthmus.Trust.Consent.Import;

/// <summary>What a file of consents came to.</summary>
/// <param name="Recorded">Versions that are now in force.</param>
/// <param name="Unchanged">Versions that were in force already.</param>
/// <param name="Unreadable">Of those recorded, how many are not understood: they deny until they are replaced.</param>
/// <param name="Findings">Lines that could not be taken; the location is <c>line N</c>.</param>
public sealed record ConsentImportResult(int Recorded, int Unchanged, int Unreadable, IReadOnlyList<Finding> Findings);

/// <summary>
/// Takes FHIR Consents from NDJSON, one per line, each in a transaction of its own: a line that cannot be taken holds up
/// no other, and the same file again changes nothing.
/// </summary>
/// <param name="resolve">The person behind an identifier, or null when there is none.</param>
/// <param name="actor">Who brings the consents, for the ledger.</param>
public sealed class ConsentImport(
    ConsentStore store, short tenant, Func<PatientIdentifier, CancellationToken, ValueTask<PersonId?>> resolve, string actor)
{
    /// <summary>No Consent comes near; the bound keeps one line from taking the memory.</summary>
    private const int MaxLineBytes = 1 << 20;

    private static readonly FhirJsonLimits Limits = new() { MaxBytes = MaxLineBytes };

    public async Task<ConsentImportResult> RunAsync(Stream ndjson, CancellationToken cancellation)
    {
        var (recorded, unchanged, unreadable) = (0, 0, 0);
        var findings = new List<Finding>();
        var number = 0;
        await foreach (var line in LinesAsync(ndjson, cancellation))
        {
            number++;
            if (line.Length == 0)
            {
                continue;
            }

            var (directive, finding) = await ReadAsync(line, number, cancellation);
            if (directive is null)
            {
                findings.Add(finding!);
            }
            else if (await store.RecordAsync(tenant, directive, actor, cancellation))
            {
                recorded++;
                unreadable += directive.Root is null ? 1 : 0;
            }
            else
            {
                unchanged++;
            }
        }

        return new ConsentImportResult(recorded, unchanged, unreadable, findings);
    }

    private async ValueTask<(ConsentDirective? Directive, Finding? Finding)> ReadAsync(byte[] line, int number, CancellationToken cancellation)
    {
        if (line.Length > MaxLineBytes)
        {
            return (null, Refused("consent.import.line-too-long", number, "The line is longer than 1 MiB; a Consent is far smaller."));
        }

        var read = FhirJsonReader.Read(line, Limits);
        if (read.Fault is { } fault)
        {
            return (null, Refused(fault.Rule, number, fault.Message));
        }

        if (read.Root.ResourceType != "Consent")
        {
            return (null, Refused("consent.import.not-a-consent", number, "The line holds another resource; the file must hold Consents only."));
        }

        if (PatientOf(read.Root) is not { } patient)
        {
            return (null, Refused("consent.import.patient-missing", number, "Consent.patient must name the patient by identifier, with system and value."));
        }

        return await resolve(patient, cancellation) is { } person
            ? (ConsentReader.Read(read.Root, person, line), null)
            : (null, Refused("consent.import.patient-unknown", number, "No person has this identifier; load the patients first."));
    }

    private static PatientIdentifier? PatientOf(FhirElement consent)
    {
        var identifier = consent["patient"u8]["identifier"u8];
        return (identifier["system"u8].AsString(), identifier["value"u8].AsString()) is ({ } system, { } value)
            ? new PatientIdentifier(system, new PhiText(value))
            : null;
    }

    private static Finding Refused(string rule, int line, string text) => new(rule, Severity.Error, $"line {line}", text);

    /// <summary>Lines without their ends; one beyond the limit comes cut just past it, so that it is told and not kept.</summary>
    private static async IAsyncEnumerable<byte[]> LinesAsync(
        Stream stream, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        var line = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                Append(line, rest.Slice(0, end));
                yield return Trimmed(line);
                line.Clear();
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            Append(line, rest);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        await reader.CompleteAsync();
        if (line.WrittenCount > 0)
        {
            yield return Trimmed(line);
        }
    }

    private static void Append(ArrayBufferWriter<byte> line, ReadOnlySequence<byte> bytes)
    {
        foreach (var part in bytes)
        {
            var room = Math.Min(part.Length, MaxLineBytes + 1 - line.WrittenCount);
            line.Write(part.Span[..Math.Max(room, 0)]);
        }
    }

    private static byte[] Trimmed(ArrayBufferWriter<byte> line) => line.WrittenSpan.Trim(" \t\r"u8).ToArray();
}
