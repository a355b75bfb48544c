using System.Collections;

namespace Isthmus.Hl7v2;

/// <summary>The segments of a message in order, or those of one name. <c>foreach</c> enumerates without allocation.</summary>
public readonly struct Hl7Segments : IEnumerable<Hl7Segment>
{
    private readonly Hl7Message? message;
    private readonly int name;

    internal Hl7Segments(Hl7Message message, int name = 0)
    {
        this.message = message;
        this.name = name;
    }

    public int Count
    {
        get
        {
            if (message is null || name == 0)
            {
                return message?.Index.SegmentCount ?? 0;
            }

            var count = 0;
            foreach (var _ in this)
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>Zero-based, in the order of the message.</summary>
    public Hl7Segment this[int index]
    {
        get
        {
            foreach (var segment in this)
            {
                if (index-- == 0)
                {
                    return segment;
                }
            }

            throw new ArgumentOutOfRangeException(nameof(index));
        }
    }

    public Enumerator GetEnumerator() => new(message, name);

    IEnumerator<Hl7Segment> IEnumerable<Hl7Segment>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"{nameof(Hl7Segments)}({Count})";

    public struct Enumerator : IEnumerator<Hl7Segment>
    {
        private readonly Hl7Message? message;
        private readonly int name;
        private int at;

        internal Enumerator(Hl7Message? message, int name)
        {
            this.message = message;
            this.name = name;
            at = -1;
        }

        public readonly Hl7Segment Current => new(message!, at);

        readonly object IEnumerator.Current => Current;

        public bool MoveNext()
        {
            if (message is null)
            {
                return false;
            }

            do
            {
                at++;
            }
            while (at < message.Index.SegmentCount && name != 0 && message.Index.Segments[at].Name != name);

            return at < message.Index.SegmentCount;
        }

        public void Reset() => at = -1;

        public readonly void Dispose()
        {
        }
    }
}

/// <summary>The repetitions of a field in order. <c>foreach</c> enumerates without allocation.</summary>
public readonly struct Hl7Repetitions : IEnumerable<Hl7Repetition>
{
    private readonly Hl7Extent field;

    internal Hl7Repetitions(Hl7Extent field) => this.field = field;

    public int Count => this.field.Count(StopKind.Repetition);

    public Enumerator GetEnumerator() => new(this.field);

    IEnumerator<Hl7Repetition> IEnumerable<Hl7Repetition>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"{nameof(Hl7Repetitions)}({Count})";

    public struct Enumerator : IEnumerator<Hl7Repetition>
    {
        private readonly Hl7Extent field;
        private PartCursor cursor;

        internal Enumerator(Hl7Extent field) => this.field = field;

        public Hl7Repetition Current { get; private set; }

        readonly object IEnumerator.Current => Current;

        public bool MoveNext()
        {
            var isThere = field.TryNext(StopKind.Repetition, ref cursor, out var part);
            Current = new(part);
            return isThere;
        }

        public void Reset() => cursor = default;

        public readonly void Dispose()
        {
        }
    }
}
