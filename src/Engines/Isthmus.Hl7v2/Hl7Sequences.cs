using System.Collections;

namespace Isthmus.Hl7v2;

/// <summary>The segments of a message in order, or those of one name. <c>foreach</c> enumerates without allocation.</summary>
public readonly struct Hl7Segments : IEnumerable<Hl7Segment>
{
    private readonly Hl7Message? _message;
    private readonly int _name;

    internal Hl7Segments(Hl7Message message, int name = 0)
    {
        _message = message;
        _name = name;
    }

    public int Count
    {
        get
        {
            if (_message is null || _name == 0)
            {
                return _message?.Index.SegmentCount ?? 0;
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

    public Enumerator GetEnumerator() => new(_message, _name);

    IEnumerator<Hl7Segment> IEnumerable<Hl7Segment>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"{nameof(Hl7Segments)}({Count})";

    public struct Enumerator : IEnumerator<Hl7Segment>
    {
        private readonly Hl7Message? _message;
        private readonly int _name;
        private int _at;

        internal Enumerator(Hl7Message? message, int name)
        {
            _message = message;
            _name = name;
            _at = -1;
        }

        public readonly Hl7Segment Current => new(_message!, _at);

        readonly object IEnumerator.Current => Current;

        public bool MoveNext()
        {
            if (_message is null)
            {
                return false;
            }

            do
            {
                _at++;
            }
            while (_at < _message.Index.SegmentCount && _name != 0 && _message.Index.Segments[_at].Name != _name);

            return _at < _message.Index.SegmentCount;
        }

        public void Reset() => _at = -1;

        public readonly void Dispose()
        {
        }
    }
}

/// <summary>The repetitions of a field in order. <c>foreach</c> enumerates without allocation.</summary>
public readonly struct Hl7Repetitions : IEnumerable<Hl7Repetition>
{
    private readonly Hl7Extent _field;

    internal Hl7Repetitions(Hl7Extent field) => _field = field;

    public int Count => _field.Count(StopKind.Repetition);

    public Enumerator GetEnumerator() => new(_field);

    IEnumerator<Hl7Repetition> IEnumerable<Hl7Repetition>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"{nameof(Hl7Repetitions)}({Count})";

    public struct Enumerator : IEnumerator<Hl7Repetition>
    {
        private readonly Hl7Extent _field;
        private PartCursor _cursor;

        internal Enumerator(Hl7Extent field) => _field = field;

        public Hl7Repetition Current { get; private set; }

        readonly object IEnumerator.Current => Current;

        public bool MoveNext()
        {
            var isThere = _field.TryNext(StopKind.Repetition, ref _cursor, out var part);
            Current = new(part);
            return isThere;
        }

        public void Reset() => _cursor = default;

        public readonly void Dispose()
        {
        }
    }
}
