using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;

namespace Isthmus.Fhir.Definitions;

/// <summary>
/// The properties of one ElementDefinition while a snapshot is made. Values stay where they were read; merging only
/// decides which of them count (FHIR R4 profiling.html, elementdefinition.html#interpretation).
/// </summary>
internal sealed class ElementDraft
{
    /// <summary>What a differential adds to, item by item, where other properties are replaced; items are told apart by the property beside it.</summary>
    private static readonly Dictionary<int, int> Accumulating = new()
    {
        [Id("constraint")] = Id("key"),
        [Id("extension")] = Id("url"),
        [Id("condition")] = FhirNode.None,
        [Id("code")] = FhirNode.None,
    };

    /// <summary>What a snapshot computes by itself or what only people read.</summary>
    private static readonly HashSet<int> Left =
        [.. "id path sliceName definition comment requirements alias mapping isModifierReason meaningWhenMissing orderMeaning example".Split(' ').Select(Id)];

    /// <summary>Choices of which an element has one: a new pattern takes the place of the old, whatever its type.</summary>
    private static readonly string[] Stems = ["fixed", "pattern", "minValue", "maxValue", "defaultValue"];

    private readonly List<Property> properties;

    private ElementDraft(List<Property> properties) => this.properties = properties;

    public ElementDraft(FhirElement definition)
        : this([]) => Merge(definition);

    public FhirElement this[string name] => properties.Find(property => property.Name == Id(name) && !property.IsSibling)?.Value ?? default;

    public ElementDraft Copy() => new([.. properties]);

    /// <summary>Lays a differential's element over this one.</summary>
    public void Merge(FhirElement differential)
    {
        foreach (var given in differential)
        {
            var name = FhirNames.IdOf(given.Name);
            if (name < 0 || Left.Contains(name))
            {
                continue;
            }

            if (!given.IsSibling && Accumulating.TryGetValue(name, out var key) && Existing(name, false) is { } before)
            {
                Put(new Property(name, false, given, Union(before.Items, [.. Items(given)], key)));
            }
            else if (name == Id("binding") && Existing(name, false) is { } binding && !given["valueSet"u8].Exists)
            {
                Put(new Property(name, false, WithValueSet(given, binding.Value["valueSet"u8]), null));
            }
            else
            {
                DropOtherChoices(given.Name);
                Put(new Property(name, given.IsSibling, given, null));
            }
        }
    }

    public void Remove(string name) => properties.RemoveAll(property => property.Name == Id(name));

    public void Set(string name, ReadOnlySpan<byte> json) => Put(new Property(Id(name), false, Parsed(json.ToArray()), null));

    public void Write(FhirJsonWriter writer)
    {
        foreach (var property in properties)
        {
            writer.Raw(property.IsSibling ? ",\"_"u8 : ",\""u8);
            writer.Raw(FhirNames.Text(property.Name));
            writer.Raw("\":"u8);
            if (property.Merged is null)
            {
                writer.Write(property.Value);
                continue;
            }

            writer.Raw("["u8);
            for (var i = 0; i < property.Merged.Count; i++)
            {
                writer.Raw(i == 0 ? [] : ","u8);
                writer.Write(property.Merged[i]);
            }

            writer.Raw("]"u8);
        }
    }

    private static int Id(string name) => FhirNames.IdOf(name);

    /// <summary>A value by itself; it is written as the property it is put under.</summary>
    private static FhirElement Parsed(byte[] json) => FhirJsonReader.ReadJson(json).Root;

    private static IEnumerable<FhirElement> Items(FhirElement array)
    {
        foreach (var item in array)
        {
            yield return item;
        }
    }

    private static List<FhirElement> Union(IEnumerable<FhirElement> before, List<FhirElement> added, int key)
    {
        return [.. before.Where(item => !added.Exists(other => Same(item, other))), .. added];

        bool Same(FhirElement one, FhirElement other) => key >= 0
            ? one[FhirNames.Text(key)].TextEquals(other[FhirNames.Text(key)].Text)
            : FhirJsonWriter.ToBytes(one).AsSpan().SequenceEqual(FhirJsonWriter.ToBytes(other));
    }

    private static FhirElement WithValueSet(FhirElement binding, FhirElement valueSet)
    {
        if (!valueSet.Exists)
        {
            return binding;
        }

        var writer = new FhirJsonWriter();
        writer.Raw("{"u8);
        foreach (var property in binding)
        {
            writer.WriteProperty(property);
            writer.Raw(","u8);
        }

        writer.WriteProperty(valueSet);
        writer.Raw("}"u8);
        return Parsed(writer.Written.ToArray());
    }

    private void DropOtherChoices(ReadOnlySpan<byte> name)
    {
        var text = System.Text.Encoding.UTF8.GetString(name);
        if (Array.Find(Stems, stem => text.StartsWith(stem, StringComparison.Ordinal)) is { } stem)
        {
            properties.RemoveAll(property =>
                System.Text.Encoding.UTF8.GetString(FhirNames.Text(property.Name)) is var other && other != text && other.StartsWith(stem, StringComparison.Ordinal));
        }
    }

    private Property? Existing(int name, bool sibling) => properties.Find(property => property.Name == name && property.IsSibling == sibling);

    private void Put(Property property)
    {
        var at = properties.FindIndex(other => other.Name == property.Name && other.IsSibling == property.IsSibling);
        if (at < 0)
        {
            properties.Add(property);
        }
        else
        {
            properties[at] = property;
        }
    }

    private sealed record Property(int Name, bool IsSibling, FhirElement Value, List<FhirElement>? Merged)
    {
        public IEnumerable<FhirElement> Items => Merged ?? ElementDraft.Items(Value);
    }
}
