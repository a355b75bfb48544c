namespace Isthmus.Mapping.Running;

/// <summary>
/// For every group of a message and every definition, which resource within it came first and how many there are, so that references
/// are found without going through all resources of a long message.
/// </summary>
internal sealed class GroupResources
{
    private (int First, int Count)[] table = [];
    private int definitions;

    public void Begin(int groups, int ofDefinitions)
    {
        definitions = ofDefinitions;
        var size = groups * definitions;
        if (table.Length < size)
        {
            table = new (int, int)[Math.Max(size, table.Length * 2)];
        }

        table.AsSpan(0, size).Clear();
    }

    /// <summary>Notes a resource for its group and those around it.</summary>
    public void Add(GroupWalk groups, int group, int definition, int resource)
    {
        for (; group >= 0; group = groups.InstanceAt(group).Parent)
        {
            ref var within = ref table[(group * definitions) + definition];
            within.First = within.Count++ == 0 ? resource : within.First;
        }
    }

    /// <summary>The first resource of a definition in a group or below; -1 if there is none.</summary>
    public int FirstWithin(int group, int definition) =>
        table[(group * definitions) + definition] is (var first, > 0) ? first : -1;

    public int CountWithin(int group, int definition) => table[(group * definitions) + definition].Count;
}
