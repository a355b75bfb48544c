using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>
/// A message's structure as numbered groups, parents before their children. A part that stands in two places gives two groups
/// of one name; the name then means both.
/// </summary>
internal sealed class StructureCompiler(MessageText text, List<MapFault> faults)
{
    private readonly List<GroupDefinition> defined = [];
    private readonly List<GroupText> texts = [];
    private readonly Dictionary<string, List<int>> byName = new(StringComparer.Ordinal);

    public int Count => defined.Count;

    public MessageStructure Compile()
    {
        Group(new GroupText(text.Place, "message", [], null, text.Structure!), -1);
        for (var index = 0; index < defined.Count; index++)
        {
            if (texts[index].After is { } after)
            {
                After(index, after);
            }
        }

        var structure = new MessageStructure([.. defined]);
        if (structure.SegmentNames > MessageStructure.MostSegmentNames || defined.Exists(group => group.Slots.Length > GroupDefinition.MostSlots))
        {
            faults.Add(text.Place.Fault(MapRules.Group, $"A structure has at most {MessageStructure.MostSegmentNames} names of segments, and a group {GroupDefinition.MostSlots} places."));
        }

        return structure;
    }

    /// <summary>The groups of that name; empty if there are none.</summary>
    public IReadOnlyList<int> Find(string name) => byName.GetValueOrDefault(name) ?? [];

    private int Group(GroupText group, int parent)
    {
        var index = defined.Count;
        var definition = new GroupDefinition(group.Name, parent);
        defined.Add(definition);
        texts.Add(group);
        if (!byName.TryAdd(group.Name, [index]))
        {
            if (texts[byName[group.Name][0]].Place != group.Place)
            {
                faults.Add(group.Place.Fault(MapRules.DuplicateName, $"The structure has a group '{group.Name}' already."));
            }

            byName[group.Name].Add(index);
        }

        definition.IsStrict = group.IsStrict;
        foreach (var segment in group.Begins.Where(segment => segment.Length == 3))
        {
            definition.AddBeginning(GroupDefinition.KeyOf(segment));
        }

        foreach (var slot in group.Slots.Where(slot => slot.Group is null))
        {
            if (SourceCheck.Fault(new SourcePath(slot.Segment, string.Empty, 0, 0, 0)) is { } unknown)
            {
                faults.Add(slot.Place.Fault(MapRules.SourceUnknown, unknown));
            }
        }

        definition.Slots =
        [
            .. group.Slots.Select(slot => slot.Group is { } child
                ? new Slot(0, Group(child, index), slot.Repeats)
                : new Slot(Known(index, GroupDefinition.KeyOf(slot.Segment)), -1, slot.Repeats)),
        ];
        return index;
    }

    private int Known(int index, int key)
    {
        for (var above = index; above >= 0; above = defined[above].Parent)
        {
            defined[above].AddKnown(key);
        }

        return key;
    }

    /// <summary>Finds the group that another one follows: beside it, or beside one that it is within.</summary>
    private void After(int index, string after)
    {
        for (var enclosing = defined[index].Parent; enclosing >= 0; enclosing = defined[enclosing].Parent)
        {
            var slot = Array.FindIndex(defined[enclosing].Slots, slot => slot.Group >= 0 && defined[slot.Group].Name == after);
            if (slot >= 0)
            {
                defined[index].AfterIn = enclosing;
                defined[index].After = slot;
                return;
            }
        }

        faults.Add(texts[index].Place.Fault(MapRules.Group, $"'after: {after}' names no group of this structure."));
    }
}
