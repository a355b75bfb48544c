using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Compiling;

/// <summary>
/// Puts a message map together from its own text, the parts that stand in its structure, and the map it extends. Its own items
/// come first, those of parts next, inherited ones last; a resource of its own takes the place of a borrowed one of that name.
/// </summary>
internal sealed class MessageAssembly(IReadOnlyList<MessageText> messages, IReadOnlyList<MessageText> parts, List<MapFault> faults)
{
    private readonly Dictionary<MessageText, MessageText> assembled = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> open = new(StringComparer.Ordinal);
    private readonly HashSet<TextPlace> taken = [];
    private readonly HashSet<TextPlace> offered = [];

    /// <summary>The whole of a message map: no part and no parent is left to look up.</summary>
    public MessageText Assemble(MessageText text)
    {
        if (assembled.TryGetValue(text, out var known))
        {
            return known;
        }

        var parent = text.Extends is null ? null : Parent(text);
        var used = new List<MessageText>();
        IReadOnlyList<SlotText> structure = Expand(text.Structure ?? parent?.Structure ?? [], used);
        foreach (var addition in text.Adds)
        {
            structure = Add(addition, Expand(addition.Slots, used), structure);
        }

        List<MessageText> lenders = [.. used, .. parent is null ? [] : new[] { parent }];
        var isSame = parent is not null && parent.Name == text.Name;
        return assembled[text] = text with
        {
            // A site's version of a library map is for the same events.
            For = isSame ? [.. text.For.Union(parent!.For, StringComparer.Ordinal)] : text.For,
            IsDefault = text.IsDefault || (isSame && parent!.IsDefault),
            Bundle = text.Bundle ?? parent?.Bundle,
            Structure = structure,
            Adds = [],
            Resources = [.. text.Resources.Concat(lenders.SelectMany(lender => lender.Resources).Select(item => Lend(item.Place, item with { IsBorrowed = true }))).DistinctBy(item => item.Name, StringComparer.Ordinal)],
            // A part that both the message and its parent have is lent twice and counts once.
            Segments = [.. text.Segments, .. lenders.SelectMany(lender => lender.Segments).Select(item => Lend(item.Place, item with { IsBorrowed = true })).Distinct()],
            References = [.. text.References, .. lenders.SelectMany(lender => lender.References).Select(item => Lend(item.Place, item with { IsBorrowed = true })).Distinct()],
        };
    }

    /// <summary>Notes that a message had a use for a borrowed item.</summary>
    public void Take(TextPlace item) => taken.Add(item);

    /// <summary>An item that every message lacking its groups leaves out has a name that is wrong.</summary>
    public void CheckIdle() =>
        faults.AddRange(offered.Except(taken).Select(place => place.Fault(MapRules.PartIdle, "No message that uses this part has the groups or resources that it names.")));

    private T Lend<T>(TextPlace place, T item)
    {
        offered.Add(place);
        return item;
    }

    private MessageText? Parent(MessageText text)
    {
        // A map that extends its own name extends the library's.
        var parent = messages.FirstOrDefault(other => other.Name == text.Extends && !other.Place.IsInherited && !ReferenceEquals(other, text))
            ?? messages.FirstOrDefault(other => other.Name == text.Extends && !ReferenceEquals(other, text));
        if (parent is null)
        {
            faults.Add(text.Place.Fault(MapRules.Parent, $"No message map is named '{text.Extends}'."));
            return null;
        }

        if (!open.Add(text.Place.ToString()))
        {
            faults.Add(text.Place.Fault(MapRules.Circle, $"'{text.Name}' extends itself."));
            return null;
        }

        var whole = Assemble(parent);
        open.Remove(text.Place.ToString());
        return text.Drop.Aggregate(whole, (rest, name) => Without(text.Place, rest, name));
    }

    /// <summary>The inherited map without what a name stands for.</summary>
    private MessageText Without(TextPlace place, MessageText whole, string name)
    {
        var rest = whole with
        {
            Structure = Without(whole.Structure!, name),
            Resources = [.. whole.Resources.Where(item => item.Name != name)],
            Segments = [.. whole.Segments.Where(item => item.Into != name && item.Map != name && item.Segment != name)],
            References = [.. whole.References.Where(item => item.From != name && item.To != name && $"{item.From}.{item.Property}" != name)],
        };
        if (Count(rest) == Count(whole))
        {
            faults.Add(place.Fault(MapRules.Drop, $"'{name}' is no resource, group, segment, map or reference that '{whole.Name}' has."));
        }

        return rest;
    }

    private static int Count(MessageText text) => Count(text.Structure!) + text.Resources.Count + text.Segments.Count + text.References.Count;

    private static int Count(IReadOnlyList<SlotText> slots) => slots.Sum(slot => 1 + (slot.Group is null ? 0 : Count(slot.Group.Slots)));

    private static IReadOnlyList<SlotText> Without(IReadOnlyList<SlotText> slots, string name) =>
    [
        .. slots.Where(slot => slot.Name != name)
            .Select(slot => slot.Group is null ? slot : slot with { Group = slot.Group with { Slots = Without(slot.Group.Slots, name) } }),
    ];

    /// <summary>The structure with each part's own in its place; the parts met are added to the list, once each.</summary>
    private List<SlotText> Expand(IReadOnlyList<SlotText> slots, List<MessageText> used)
    {
        var expanded = new List<SlotText>();
        foreach (var slot in slots)
        {
            if (slot.Part is not null)
            {
                expanded.AddRange(Part(slot, used));
            }
            else
            {
                expanded.Add(slot.Group is null ? slot : slot with { Group = slot.Group with { Slots = Expand(slot.Group.Slots, used) } });
            }
        }

        return expanded;
    }

    private List<SlotText> Part(SlotText slot, List<MessageText> used)
    {
        if (parts.FirstOrDefault(part => part.Name == slot.Part) is not { } found)
        {
            faults.Add(slot.Place.Fault(MapRules.Part, $"No part is named '{slot.Part}'."));
            return [];
        }

        if (!open.Add(found.Name))
        {
            faults.Add(slot.Place.Fault(MapRules.Circle, $"The part '{found.Name}' stands within itself."));
            return [];
        }

        if (!used.Contains(found))
        {
            used.Add(found);
        }

        var structure = Expand(found.Structure ?? [], used);
        open.Remove(found.Name);
        return structure;
    }

    private IReadOnlyList<SlotText> Add(AdditionText addition, IReadOnlyList<SlotText> slots, IReadOnlyList<SlotText> structure)
    {
        var found = false;
        var result = addition.In == "message" ? Into(structure) : Within(structure);
        if (!found)
        {
            faults.Add(addition.Place.Fault(MapRules.Group, $"The structure has no group '{addition.In}'{(addition.After is null ? string.Empty : $" with a place for {addition.After}")}."));
        }

        return result;

        IReadOnlyList<SlotText> Within(IReadOnlyList<SlotText> among) =>
        [
            .. among.Select(slot => slot.Group is null ? slot
                : slot with { Group = slot.Group with { Slots = slot.Group.Name == addition.In ? Into(slot.Group.Slots) : Within(slot.Group.Slots) } }),
        ];

        IReadOnlyList<SlotText> Into(IReadOnlyList<SlotText> group)
        {
            var at = addition.After is null ? group.Count : group.ToList().FindIndex(slot => slot.Name == addition.After) + 1;
            found |= addition.After is null || at > 0;
            return at == 0 && addition.After is not null ? group : [.. group.Take(at), .. slots, .. group.Skip(at)];
        }
    }
}
