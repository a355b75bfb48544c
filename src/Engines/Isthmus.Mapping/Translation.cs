using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Hl7v2;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping;

/// <summary>
/// What a message became. Resources, findings and JSON live in memory that <see cref="Dispose"/> gives back; use them before, and the
/// message must stay valid until then.
/// </summary>
public sealed class Translation : IDisposable
{
    private readonly ConcurrentBag<TranslationRun> idle;
    private readonly MessageMap? map;
    private readonly int bundle;
    private readonly TranslatedResource[] resources;
    private TranslationRun? run;

    internal Translation(TranslationRun run, MessageMap? map, int bundle, ConcurrentBag<TranslationRun> idle)
    {
        this.run = run;
        this.map = map;
        this.bundle = bundle;
        this.idle = idle;
        var count = 0;
        for (var index = 0; index < run.Resources.Count; index++)
        {
            count += run.Resources[index].Dropped ? 0 : 1;
        }

        resources = new TranslatedResource[count];
        count = 0;
        for (var index = 0; index < run.Resources.Count; index++)
        {
            if (!run.Resources[index].Dropped)
            {
                resources[count++] = new TranslatedResource(this, index);
            }
        }
    }

    /// <summary>MessageHeader first, then in the order in which the message gave rise to them.</summary>
    public IReadOnlyList<TranslatedResource> Resources => resources;

    public IReadOnlyList<MapFinding> Findings => Run.Findings;

    internal TranslationRun Run => run ?? throw new ObjectDisposedException(nameof(Translation));

    /// <summary>Valued fields that no rule reads, in the order of the message; segments unknown to the map with every field.</summary>
    public IEnumerable<Hl7Location> UnreadFields() => Coverage.Unread(Run, map);

    /// <summary>One Bundle of type message with every resource, compact JSON.</summary>
    public void WriteBundle(IBufferWriter<byte> output)
    {
        var writer = Run.BundleWriter;
        writer.Clear();
        writer.Raw("{\"resourceType\":\"Bundle\""u8);
        var own = bundle < 0 ? default : Run.Builder.Element(bundle);
        foreach (var property in own)
        {
            if (!property.Name.SequenceEqual("resourceType"u8))
            {
                writer.Raw(","u8);
                writer.WriteProperty(property);
            }
        }

        writer.Raw(bundle < 0 ? ",\"type\":\"collection\",\"entry\":["u8 : ",\"entry\":["u8);
        var baseUrl = Encoding.UTF8.GetBytes(Run.Context.BaseUrl);
        for (var i = 0; i < resources.Length; i++)
        {
            ref var entry = ref Run.Resources[resources[i].Index];
            writer.Raw(i == 0 ? "{\"fullUrl\":\""u8 : ",{\"fullUrl\":\""u8);
            writer.Raw(baseUrl);
            writer.Raw("/"u8);
            writer.Raw(entry.Type);
            writer.Raw("/"u8);
            writer.Raw(Run.Builder.TextAt(entry.IdNode));
            writer.Raw("\",\"resource\":"u8);
            writer.Write(Run.Builder.Element(entry.Node));
            writer.Raw("}"u8);
        }

        writer.Raw("]}"u8);
        output.Write(writer.Written.Span);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref run, null) is { } finished)
        {
            idle.Add(finished);
        }
    }

    public override string ToString() => $"Translation({resources.Length} resources)";

    /// <summary>The JSON of a resource; all are written at the first asking.</summary>
    internal ReadOnlyMemory<byte> JsonOf(int index)
    {
        if (Run.Writer.Length == 0)
        {
            foreach (var resource in resources)
            {
                ref var entry = ref Run.Resources[resource.Index];
                entry.JsonStart = Run.Writer.Length;
                Run.Writer.Write(Run.Builder.Element(entry.Node));
                entry.JsonLength = Run.Writer.Length - entry.JsonStart;
            }
        }

        return Run.Writer.Written.Slice(Run.Resources[index].JsonStart, Run.Resources[index].JsonLength);
    }
}

/// <summary>One resource of a translation; valid until the translation is disposed.</summary>
public sealed class TranslatedResource
{
    private readonly Translation translation;

    internal TranslatedResource(Translation translation, int index)
    {
        this.translation = translation;
        Index = index;
    }

    public string Type => Encoding.UTF8.GetString(Entry.Type);

    public string Id => Encoding.UTF8.GetString(translation.Run.Builder.TextAt(Entry.IdNode));

    public FhirElement Root => translation.Run.Builder.Element(Entry.Node);

    /// <summary>Compact UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Json => translation.JsonOf(Index);

    /// <summary>The index in the message of the segment that gave rise to it.</summary>
    public int SourceSegment => Entry.Segment;

    /// <summary>The index of the OBR it belongs to, or -1.</summary>
    public int AnchorSegment => Entry.Anchor;

    internal int Index { get; }

    private ref ResourceEntry Entry => ref translation.Run.Resources[Index];

    public override string ToString() => $"TranslatedResource({Type})";
}
