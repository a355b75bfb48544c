using System.Collections.Frozen;

namespace Isthmus.Exchange.Contracts;

/// <summary>
/// The field-level data contract, arranged for lookup while a message is read: by segment, then by field number.
/// A populated field without a term is held: it stays raw in the journal and is neither translated nor forwarded.
/// </summary>
public sealed class FieldRules
{
    private readonly FrozenDictionary<int, SegmentRules> bySegment;

    public FieldRules(IEnumerable<FieldTerm> terms)
    {
        Terms = terms.ToArray();
        bySegment = Terms.Where(t => t.Source is not null)
            .GroupBy(t => t.Source!.Value.Segment, StringComparer.Ordinal)
            .ToFrozenDictionary(g => Key(g.Key), g => new SegmentRules(g.Key, g));
    }

    /// <summary>Every term in the order of the contract, derived ones included.</summary>
    public IReadOnlyList<FieldTerm> Terms { get; }

    public IEnumerable<SegmentRules> Segments => bySegment.Values;

    /// <summary>The rules of a segment by its three-byte name, or null when the contract lists none of its fields.</summary>
    public SegmentRules? For(ReadOnlySpan<byte> segmentName) =>
        segmentName.Length == 3
            ? bySegment.GetValueOrDefault((segmentName[0] << 16) | (segmentName[1] << 8) | segmentName[2])
            : null;

    /// <summary>The element paths that a destination may have, in ordinal order.</summary>
    public IReadOnlyList<string> ElementsFor(string destination) =>
        Terms.Where(t => t.Rule != FieldRule.Prohibited && t.Readers.Contains(destination))
            .SelectMany(t => t.Elements)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();

    private static int Key(string name) => (name[0] << 16) | (name[1] << 8) | name[2];
}

/// <summary>The terms of one segment.</summary>
public sealed class SegmentRules
{
    private readonly FieldTerm?[] whole;
    private readonly FieldTerm?[]?[] components;

    internal SegmentRules(string name, IEnumerable<FieldTerm> terms)
    {
        Name = name;
        var list = terms.ToList();
        var last = list.Max(t => t.Source!.Value.Field);
        whole = new FieldTerm?[last + 1];
        components = new FieldTerm?[last + 1][];
        foreach (var term in list)
        {
            var at = term.Source!.Value;
            if (at.Component == 0)
            {
                whole[at.Field] = term;
                continue;
            }

            var row = components[at.Field] ?? [];
            if (row.Length <= at.Component)
            {
                Array.Resize(ref row, at.Component + 1);
            }

            row[at.Component] = term;
            components[at.Field] = row;
        }

        Required = list.Where(t => t.Rule == FieldRule.Required).ToArray();
    }

    public string Name { get; }

    /// <summary>The terms that demand a value in every occurrence of this segment.</summary>
    public IReadOnlyList<FieldTerm> Required { get; }

    /// <summary>The term of a whole field, or null.</summary>
    public FieldTerm? Field(int number) => (uint)number < (uint)whole.Length ? whole[number] : null;

    /// <summary>True when the contract speaks of single components of this field, so that each must be looked up.</summary>
    public bool ByComponent(int number) => (uint)number < (uint)components.Length && components[number] is not null;

    /// <summary>
    /// The term that governs one component (from 1): its own, else the whole field's, else null, which means: held.
    /// </summary>
    public FieldTerm? Component(int number, int component)
    {
        var row = (uint)number < (uint)components.Length ? components[number] : null;
        return (row is not null && (uint)component < (uint)row.Length ? row[component] : null) ?? Field(number);
    }
}
