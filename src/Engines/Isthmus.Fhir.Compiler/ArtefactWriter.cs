using System.Text;
using System.Text.Json;
using Isthmus.Fhir.Definitions;

namespace Isthmus.Fhir.Compiler;

/// <summary>Gathers conformance resources and writes them as one artefact (<see cref="ArtefactFormat"/>).</summary>
internal sealed class ArtefactWriter
{
    private readonly List<Definition> definitions = [];

    /// <summary>Takes a resource, or every resource of a Bundle, that has a url.</summary>
    public void Add(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.TryGetProperty("entry", out var entries))
        {
            foreach (var entry in entries.EnumerateArray())
            {
                AddResource(entry.GetProperty("resource"));
            }
        }
        else
        {
            AddResource(document.RootElement);
        }
    }

    public void WriteTo(Stream output)
    {
        // A url that is published twice under one type counts once, as first given.
        var entries = definitions
            .GroupBy(definition => (definition.Type, definition.Url, definition.Version))
            .Select(same => same.First())
            .OrderBy(definition => definition.Type, StringComparer.Ordinal).ThenBy(definition => definition.Url, StringComparer.Ordinal)
            .ToArray();
        var types = entries.GroupBy(entry => entry.Type, StringComparer.Ordinal).ToArray();
        var slots = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, entries.Length * 3));

        var text = new MemoryStream();
        var placed = new Dictionary<string, int>(StringComparer.Ordinal);
        var typesAt = ArtefactFormat.HeaderBytes;
        var entriesAt = typesAt + (types.Length * ArtefactFormat.TypeBytes);
        var slotsAt = entriesAt + (entries.Length * ArtefactFormat.EntryBytes);
        var textAt = slotsAt + (slots * ArtefactFormat.SlotBytes);
        var tables = new byte[textAt];

        var first = 0;
        for (var i = 0; i < types.Length; i++)
        {
            Numbers(typesAt + (i * ArtefactFormat.TypeBytes), Place(types[i].Key), Encoding.UTF8.GetByteCount(types[i].Key), first, types[i].Count());
            first += types[i].Count();
        }

        var resourceAt = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            var url = Encoding.UTF8.GetBytes(entries[i].Url);
            Numbers(
                entriesAt + (i * ArtefactFormat.EntryBytes),
                Place(entries[i].Url), url.Length, Place(entries[i].Version), Encoding.UTF8.GetByteCount(entries[i].Version), resourceAt, entries[i].Json.Length);
            resourceAt += entries[i].Json.Length;
            var slot = ArtefactFormat.SlotOf(url, slots);
            while (ArtefactFormat.ReadNumber(tables, slotsAt + (slot * ArtefactFormat.SlotBytes)) != 0)
            {
                slot = (slot + 1) & (slots - 1);
            }

            Numbers(slotsAt + (slot * ArtefactFormat.SlotBytes), i + 1);
        }

        ArtefactFormat.Magic.CopyTo(tables);
        Numbers(ArtefactFormat.Magic.Length, ArtefactFormat.Version, textAt + (int)text.Length, types.Length, entries.Length, slots);
        output.Write(tables);
        text.WriteTo(output);
        foreach (var entry in entries)
        {
            output.Write(entry.Json);
        }

        void Numbers(int at, params ReadOnlySpan<int> values)
        {
            foreach (var value in values)
            {
                ArtefactFormat.WriteNumber(tables, at, value);
                at += sizeof(int);
            }
        }

        int Place(string value)
        {
            if (!placed.TryGetValue(value, out var at))
            {
                at = textAt + (int)text.Length;
                text.Write(Encoding.UTF8.GetBytes(value));
                placed.Add(value, at);
            }

            return at;
        }
    }

    private void AddResource(JsonElement resource)
    {
        var type = resource.GetProperty("resourceType").GetString()!;
        if (resource.TryGetProperty("url", out var url) && !Abridged.Omits(type))
        {
            var version = resource.TryGetProperty("version", out var given) ? given.GetString()! : "";
            definitions.Add(new Definition(type, url.GetString()!, version, Abridged.Write(resource)));
        }
    }

    private sealed record Definition(string Type, string Url, string Version, byte[] Json);
}
