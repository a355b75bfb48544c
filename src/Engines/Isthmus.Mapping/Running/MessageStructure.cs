namespace Isthmus.Mapping.Running;

/// <summary>The tree of segment groups of a message type; group 0 is the message itself.</summary>
internal sealed class MessageStructure
{
    /// <summary>A bit stands for each name.</summary>
    public const int MostSegmentNames = 128;

    private readonly Dictionary<int, UInt128> bits = [];

    public MessageStructure(GroupDefinition[] groups)
    {
        Groups = groups;
        foreach (var slot in groups.SelectMany(group => group.Slots).Where(slot => slot.Group < 0))
        {
            bits.TryAdd(slot.Segment, UInt128.One << bits.Count);
        }
    }

    public GroupDefinition[] Groups { get; }

    public int SegmentNames => bits.Count;

    /// <summary>A bit that stands for a segment name; 0 for one the structure does not know.</summary>
    public UInt128 BitOf(int key) => bits.GetValueOrDefault(key);
}

/// <summary>One group: its slots in order.</summary>
internal sealed class GroupDefinition(string name, int parent)
{
    /// <summary>A bit stands for each place.</summary>
    public const int MostSlots = 64;

    private readonly HashSet<int> knows = [];
    private readonly HashSet<int> begins = [];

    public string Name => name;

    public int Parent => parent;

    public Slot[] Slots { get; set; } = [];

    /// <summary>For a group that may only open behind another one: that group's slot in <see cref="AfterIn"/>; else -1.</summary>
    public int After { get; set; } = -1;

    /// <summary>The enclosing group that holds the slot <see cref="After"/>.</summary>
    public int AfterIn { get; set; } = -1;

    /// <summary>Whether nothing but its beginning segments opens it.</summary>
    public bool IsStrict { get; set; }

    /// <summary>Whether the segment occurs here or in a group below.</summary>
    public bool Knows(int key) => knows.Contains(key);

    /// <summary>Whether the segment, when its place here is taken or passed, begins another instance of this group.</summary>
    public bool Begins(int key) => begins.Contains(key);

    public void AddKnown(int key) => knows.Add(key);

    public void AddBeginning(int key) => begins.Add(key);

    /// <summary>A segment's name as a number.</summary>
    public static int KeyOf(string segment) => (segment[0] << 16) | (segment[1] << 8) | segment[2];
}

/// <summary>A segment's or a group's place within a group.</summary>
/// <param name="Segment">The segment's name as a number, or 0.</param>
/// <param name="Group">The group's index, or -1.</param>
internal readonly record struct Slot(int Segment, int Group, bool Repeats);
