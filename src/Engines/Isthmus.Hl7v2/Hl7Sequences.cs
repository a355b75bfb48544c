namespace Isthmus.Hl7v2;

/// <summary>The segments of a message in order, or those of one name. Enumerates without allocation.</summary>
public readonly struct Hl7Segments
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

    public override string ToString() => $"{nameof(Hl7Segments)}({Count})";

    public struct Enumerator
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
    }
}

/// <summary>The repetitions of a field in order. Enumerates without allocation.</summary>
public readonly struct Hl7Repetitions
{
    private readonly Hl7Field _field;

    internal Hl7Repetitions(Hl7Field field) => _field = field;

    public int Count => _field.RepetitionCount;

    public Enumerator GetEnumerator() => new(_field);

    public override string ToString() => $"{nameof(Hl7Repetitions)}({Count})";

    public struct Enumerator
    {
        private readonly Hl7Field _field;
        private int _number;

        internal Enumerator(Hl7Field field) => _field = field;

        public Hl7Repetition Current { get; private set; }

        public bool MoveNext()
        {
            Current = _field.Repetition(++_number);
            return Current.Exists;
        }
    }
}
