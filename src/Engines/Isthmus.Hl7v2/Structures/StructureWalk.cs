namespace Isthmus.Hl7v2;

/// <summary>
/// Follows the segments of a message through its structure and notes what is out of place and what is missing. A segment
/// goes to the next place that may have it: first where a group begins with it, then anywhere in a group, from the
/// innermost open group outwards. One that has no place is passed over, so that one stray segment does not upset the rest.
/// </summary>
internal sealed class StructureWalk(Hl7Message message, Hl7Findings findings)
{
    private readonly Stack<Level> open = new();
    private readonly Dictionary<string, int> missing = new(StringComparer.Ordinal);
    private Hl7Segment current;

    public void Run(Hl7Structure structure)
    {
        open.Push(new(structure.Parts));
        foreach (var segment in message.Segments)
        {
            if (findings.IsFull)
            {
                return;
            }

            current = segment;
            if (segment is { HasValidName: true, IsLocal: false } && !Place(segment.Name, isStrict: true) && !Place(segment.Name, isStrict: false))
            {
                findings.Add(Hl7Rules.SegmentUnexpected, segment.Location, segment.Offset);
            }
        }

        while (open.TryPop(out var level))
        {
            Missing(level, level.Parts.Count);
        }
    }

    private bool Place(string name, bool isStrict)
    {
        var depth = 0;
        foreach (var level in open)
        {
            if (level.Find(name, isStrict) is >= 0 and var at)
            {
                for (; depth > 0; depth--)
                {
                    var left = open.Pop();
                    Missing(left, left.Parts.Count);
                }

                Enter(level, at, name, isStrict);
                return true;
            }

            depth++;
        }

        return false;
    }

    private void Enter(Level level, int at, string name, bool isStrict)
    {
        while (true)
        {
            Missing(level, at);
            level.At = at;
            level.IsUsed = true;
            if (!level.Parts[at].IsGroup)
            {
                return;
            }

            level = new(level.Parts[at].Parts);
            open.Push(level);
            at = level.Find(name, isStrict);
        }
    }

    /// <summary>Notes what is required between where a level stands and the place that is now taken.</summary>
    private void Missing(Level level, int before)
    {
        for (var i = level.IsUsed ? level.At + 1 : level.At; i < before; i++)
        {
            if (FirstRequired(level.Parts[i]) is { } name)
            {
                // Each absence is one more than those that are there, and those that were missing before it.
                var earlier = missing.GetValueOrDefault(name);
                missing[name] = earlier + 1;
                findings.Add(Hl7Rules.SegmentMissing, new(name, message.All(name).Count + earlier + 1), current.Offset);
            }
        }
    }

    /// <summary>The segment whose absence shows that a required part is missing; of a choice the first.</summary>
    private static string? FirstRequired(Hl7StructurePart part) =>
        !part.IsRequired ? null
        : !part.IsGroup ? part.Segments[0]
        : part.Parts.Select(FirstRequired).FirstOrDefault(static name => name is not null);

    /// <summary>A group that is open, and how far in it the message has come.</summary>
    private sealed class Level(IReadOnlyList<Hl7StructurePart> parts)
    {
        public IReadOnlyList<Hl7StructurePart> Parts => parts;

        public int At { get; set; }

        /// <summary>The part at <see cref="At"/> has stood once.</summary>
        public bool IsUsed { get; set; }

        /// <summary>The next part that may have the segment, or minus one.</summary>
        public int Find(string name, bool isStrict)
        {
            for (var i = At; i < parts.Count; i++)
            {
                var isSpent = i == At && IsUsed && !parts[i].Repeats;
                if (!isSpent && (isStrict ? Begins(parts[i], name) : parts[i].Knows(name)))
                {
                    return i;
                }
            }

            return -1;
        }

        private static bool Begins(Hl7StructurePart part, string name) =>
            part.IsGroup ? Begins(part.Parts[0], name) : part.Segments.Contains(name);
    }
}
