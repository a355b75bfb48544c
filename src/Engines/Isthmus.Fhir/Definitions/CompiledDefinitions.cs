using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;

namespace Isthmus.Fhir.Definitions;

/// <summary>
/// The definitions that the build compiled (<see cref="ArtefactFormat"/>). Opening reads the index, some hundred kilobytes;
/// a resource is read when it is first asked for and kept.
/// </summary>
internal sealed class CompiledDefinitions : DefinitionLayer
{
    private readonly Stream stream;
    private readonly byte[] index;
    private readonly int types;
    private readonly int entriesAt;
    private readonly int slotsAt;
    private readonly int slots;
    private readonly FhirTape?[] read;

    private CompiledDefinitions(Stream stream)
    {
        this.stream = stream;
        var header = new byte[ArtefactFormat.HeaderBytes];
        stream.ReadExactly(header);
        if (!header.AsSpan().StartsWith(ArtefactFormat.Magic) || ArtefactFormat.ReadNumber(header, ArtefactFormat.Magic.Length) != ArtefactFormat.Version)
        {
            throw new InvalidOperationException("The compiled FHIR definitions are not of this build; build again.");
        }

        var numbers = header.AsSpan(ArtefactFormat.Magic.Length);
        index = new byte[ArtefactFormat.ReadNumber(numbers, 4)];
        types = ArtefactFormat.ReadNumber(numbers, 8);
        read = new FhirTape?[ArtefactFormat.ReadNumber(numbers, 12)];
        slots = ArtefactFormat.ReadNumber(numbers, 16);
        entriesAt = ArtefactFormat.HeaderBytes + (types * ArtefactFormat.TypeBytes);
        slotsAt = entriesAt + (read.Length * ArtefactFormat.EntryBytes);
        header.CopyTo(index, 0);
        stream.ReadExactly(index.AsSpan(header.Length));
    }

    /// <summary>FHIR R4 (4.0.1). The resource lies in the mapped assembly, so only the pages that are read cost memory.</summary>
    public static CompiledDefinitions OpenR4() =>
        new(typeof(CompiledDefinitions).Assembly.GetManifestResourceStream("r4.definitions")
            ?? throw new InvalidOperationException("The compiled FHIR definitions are missing from this build."));

    public override FhirElement Find(string url, string? version)
    {
        var text = Encoding.UTF8.GetBytes(url);
        var found = default(FhirElement);
        var newest = "";
        for (var slot = ArtefactFormat.SlotOf(text, slots); Number(slotsAt + (slot * ArtefactFormat.SlotBytes)) is var filled and not 0; slot = (slot + 1) & (slots - 1))
        {
            var entry = EntryAt(filled - 1);
            if (!Text(entry).SequenceEqual(text))
            {
                continue;
            }

            var its = Encoding.UTF8.GetString(Text(entry + 8));
            if (version is null ? !found.Exists || CanonicalVersion.Compare(its, newest) > 0 : Meets(its, version))
            {
                found = Resource(filled - 1);
                newest = its;
            }
        }

        return found;
    }

    public override IEnumerable<FhirElement> All(string resourceType)
    {
        var (first, count) = EntriesOf(Encoding.UTF8.GetBytes(resourceType));
        for (var entry = first; entry < first + count; entry++)
        {
            yield return Resource(entry);
        }
    }

    private (int First, int Count) EntriesOf(ReadOnlySpan<byte> type)
    {
        for (var i = 0; i < types; i++)
        {
            var at = ArtefactFormat.HeaderBytes + (i * ArtefactFormat.TypeBytes);
            if (Text(at).SequenceEqual(type))
            {
                return (Number(at + 8), Number(at + 12));
            }
        }

        return (0, 0);
    }

    private FhirElement Resource(int entry)
    {
        if (Volatile.Read(ref read[entry]) is { } known)
        {
            return known.Root;
        }

        var json = new byte[Number(EntryAt(entry) + 20)];
        lock (stream)
        {
            stream.Position = index.Length + Number(EntryAt(entry) + 16);
            stream.ReadExactly(json);
        }

        var tape = FhirJsonReader.ReadJson(json).Tape ?? throw new InvalidOperationException("The compiled FHIR definitions are damaged; build again.");
        return (Interlocked.CompareExchange(ref read[entry], tape, null) ?? tape).Root;
    }

    private int EntryAt(int entry) => entriesAt + (entry * ArtefactFormat.EntryBytes);

    private int Number(int at) => ArtefactFormat.ReadNumber(index, at);

    /// <summary>What a pair of numbers, place and length, points to.</summary>
    private ReadOnlySpan<byte> Text(int pairAt) => index.AsSpan(Number(pairAt), Number(pairAt + 4));
}
