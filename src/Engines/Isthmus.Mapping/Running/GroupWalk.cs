using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Running;

/// <summary>
/// Finds for every segment the group it belongs to. Tolerant: a segment out of place stays in the nearest group that knows
/// it, a missing ORC or PID opens the group all the same, an unknown segment belongs nowhere.
/// </summary>
internal sealed class GroupWalk
{
    /// <summary>How many groups are looked back through for a segment far out of place: an honest message has fewer before it repeats itself.</summary>
    private const int MostLookedBack = 256;

    private MessageStructure structure = null!;
    private Hl7Segment[] segments = new Hl7Segment[64];
    private int[] keys = new int[64];
    private int[] groupOf = new int[64];
    private int[] nextInGroup = new int[64];
    private GroupInstance[] instances = new GroupInstance[64];
    private int[] fieldsFrom = new int[64];
    private int[] fieldCounts = new int[64];
    private ulong[] absent = new ulong[64];
    private Slice[] fields = new Slice[1024];
    private int fieldTotal;
    private int current;

    public int SegmentCount { get; private set; }

    public int InstanceCount { get; private set; }

    public ref readonly Hl7Segment SegmentAt(int index) => ref segments[index];

    /// <summary>A whole field; a segment is divided when it is first asked for one.</summary>
    public Slice FieldAt(int segment, int number)
    {
        if (fieldsFrom[segment] < 0)
        {
            Divide(segment);
        }

        return number <= fieldCounts[segment] ? fields[fieldsFrom[segment] + number - 1] : default;
    }

    /// <summary>A bit for each field that is empty or not there (<see cref="Gate.BitOf"/>).</summary>
    public ulong AbsentFrom(int segment)
    {
        if (fieldsFrom[segment] < 0)
        {
            Divide(segment);
        }

        return absent[segment];
    }

    public int KeyAt(int segment) => keys[segment];

    /// <summary>The group instance of a segment; -1 if the structure has no place for it.</summary>
    public int GroupOf(int segment) => groupOf[segment];

    public ref GroupInstance InstanceAt(int instance) => ref instances[instance];

    public void Walk(MessageStructure with, Hl7Message message)
    {
        structure = with;
        SegmentCount = 0;
        InstanceCount = 0;
        fieldTotal = 0;
        current = Open(0, -1);
        foreach (var segment in message.Segments)
        {
            Grow();
            var index = SegmentCount++;
            segments[index] = segment;
            var line = segment.Raw;
            keys[index] = segment.HasValidName ? (line[0] << 16) | (line[1] << 8) | line[2] : 0;
            nextInGroup[index] = -1;
            fieldsFrom[index] = -1;
            groupOf[index] = structure.Groups[0].Knows(keys[index]) ? Place(index, keys[index]) : -1;
        }
    }

    /// <summary>The first segment of that name in the instance or, failing that, in those around it; -1 if there is none.</summary>
    public int Nearest(int instance, int key)
    {
        for (; instance >= 0; instance = instances[instance].Parent)
        {
            for (var segment = instances[instance].FirstSegment; segment >= 0; segment = nextInGroup[segment])
            {
                if (keys[segment] == key)
                {
                    return segment;
                }
            }
        }

        return -1;
    }

    /// <summary>The first segment of that name in the groups below the instance; -1 if there is none.</summary>
    public int FirstWithin(int instance, int key)
    {
        for (var segment = 0; Holds(instance, key) && segment < SegmentCount; segment++)
        {
            if (keys[segment] == key && IsWithin(groupOf[segment], instance))
            {
                return segment;
            }
        }

        return -1;
    }

    /// <summary>Whether the instance, or a group within it, has a segment of that name.</summary>
    public bool Holds(int instance, int key) => (instances[instance].Seen & structure.BitOf(key)) != 0;

    public bool IsWithin(int instance, int ancestor)
    {
        while (instance >= 0 && instance != ancestor)
        {
            instance = instances[instance].Parent;
        }

        return instance >= 0;
    }

    private int Place(int segment, int key)
    {
        for (var instance = current; instance >= 0; instance = instances[instance].Parent)
        {
            var group = structure.Groups[instances[instance].Group];
            if (!group.Knows(key))
            {
                continue;
            }

            var slot = FindSlot(instance, group, key);
            if (slot >= 0)
            {
                return Enter(instance, slot, segment, key);
            }

            if (group.Begins(key))
            {
                // The instance has had this segment: the next one of its kind begins.
                var next = Open(instances[instance].Group, instances[instance].Parent);
                return Enter(next, FindSlot(next, group, key), segment, key);
            }
        }

        // Far out of place: the latest group that still has room for it.
        for (var instance = InstanceCount - 1; instance >= Math.Max(0, InstanceCount - MostLookedBack); instance--)
        {
            var group = structure.Groups[instances[instance].Group];
            if (group.Knows(key) && FindSlot(instance, group, key) is var slot and >= 0)
            {
                return Enter(instance, slot, segment, key);
            }
        }

        Link(0, segment);
        return 0;
    }

    /// <summary>The slot that may take the segment: the next one in order, else an earlier one that is still open; -1 if none.</summary>
    private int FindSlot(int instance, GroupDefinition group, int key)
    {
        for (var pass = 0; pass < 2; pass++)
        {
            for (var slot = 0; slot < group.Slots.Length; slot++)
            {
                var inOrder = slot >= instances[instance].Position;
                if (inOrder == (pass == 0) && IsOpen(instance, group, slot, key) && (pass == 0 || !group.Begins(key)))
                {
                    return slot;
                }
            }
        }

        return -1;
    }

    private bool IsOpen(int instance, GroupDefinition group, int slot, int key)
    {
        ref readonly var at = ref group.Slots[slot];
        var used = (instances[instance].Used & (1L << slot)) != 0;
        if (at.Group < 0)
        {
            return at.Segment == key && (at.Repeats || !used);
        }

        // A further instance begins with its first segments only; the first one may lack them.
        var child = structure.Groups[at.Group];
        return (!used || (at.Repeats && child.Begins(key))) && MayOpen(child, instance, key);
    }

    /// <summary>Whether a new instance of a group under that one would have a place for the segment.</summary>
    private bool MayOpen(GroupDefinition group, int under, int key)
    {
        if (!group.Knows(key) || (group.IsStrict && !group.Begins(key))
            || (group.After >= 0 && (instances[NearestWith(under, group.AfterIn)].Used & (1L << group.After)) == 0))
        {
            return false;
        }

        foreach (ref readonly var slot in group.Slots.AsSpan())
        {
            if (slot.Group >= 0 ? MayOpen(structure.Groups[slot.Group], under, key) : slot.Segment == key)
            {
                return true;
            }
        }

        return false;
    }

    private int NearestWith(int instance, int group)
    {
        while (instances[instance].Group != group && instances[instance].Parent >= 0)
        {
            instance = instances[instance].Parent;
        }

        return instance;
    }

    private int Enter(int instance, int slot, int segment, int key)
    {
        while (true)
        {
            ref var at = ref instances[instance];
            at.Used |= 1L << slot;
            at.Position = Math.Max(at.Position, slot);
            var child = structure.Groups[at.Group].Slots[slot].Group;
            if (child < 0)
            {
                current = instance;
                Link(instance, segment);
                return instance;
            }

            instance = Open(child, instance);
            slot = FindSlot(instance, structure.Groups[child], key);
        }
    }

    private int Open(int group, int parent)
    {
        if (InstanceCount == instances.Length)
        {
            Array.Resize(ref instances, instances.Length * 2);
        }

        instances[InstanceCount] = new GroupInstance { Group = group, Parent = parent, FirstSegment = -1, FirstResource = -1 };
        return InstanceCount++;
    }

    private void Divide(int index)
    {
        ref var segment = ref segments[index];
        var count = segment.FieldCount;
        if (fieldTotal + count > fields.Length)
        {
            Array.Resize(ref fields, Math.Max(fields.Length * 2, fieldTotal + count));
        }

        fieldsFrom[index] = fieldTotal;
        fieldCounts[index] = count;
        absent[index] = ~Gate.BitOf(Gate.LastField);
        for (var number = 1; number <= count; number++)
        {
            var field = segment.Field(number);
            fields[fieldTotal++] = field.Exists ? new Slice(field.Offset, field.Length, Level.Repetition) : default;
            absent[index] &= field.Length > 0 ? ~Gate.BitOf(number) : ulong.MaxValue;
        }
    }

    /// <summary>Notes the segment; only the first of a name is ever looked up, so that a thousand notes cost no walk of a thousand.</summary>
    private void Link(int instance, int segment)
    {
        var bit = structure.BitOf(keys[segment]);
        ref var at = ref instances[instance];
        if ((at.Own & bit) == 0)
        {
            at.Own |= bit;
            nextInGroup[segment] = at.FirstSegment;
            at.FirstSegment = segment;
        }

        for (var above = instance; above >= 0; above = instances[above].Parent)
        {
            instances[above].Seen |= bit;
        }
    }

    private void Grow()
    {
        if (SegmentCount < segments.Length)
        {
            return;
        }

        var size = segments.Length * 2;
        Array.Resize(ref segments, size);
        Array.Resize(ref keys, size);
        Array.Resize(ref groupOf, size);
        Array.Resize(ref nextInGroup, size);
        Array.Resize(ref fieldsFrom, size);
        Array.Resize(ref fieldCounts, size);
        Array.Resize(ref absent, size);
    }
}

/// <summary>One occurrence of a group in a message.</summary>
internal struct GroupInstance
{
    public int Group;
    public int Parent;

    /// <summary>The furthest slot that has been filled.</summary>
    public int Position;

    /// <summary>A bit per slot that has been filled.</summary>
    public long Used;

    /// <summary>A bit per segment name that stands here, and that stands here or below (<see cref="MessageStructure.BitOf"/>).</summary>
    public UInt128 Own;
    public UInt128 Seen;

    /// <summary>The latest first-of-its-name segment; the others follow by the walk's own links.</summary>
    public int FirstSegment;

    /// <summary>The first of the resources that belong to this instance.</summary>
    public int FirstResource;
}
