using System.Buffers;
using System.Text;

namespace Isthmus.Simulators.Lab;

/// <summary>Builds a message segment by segment in the usual delimiters; values are escaped as they go in.</summary>
internal sealed class SegmentText
{
    private static readonly SearchValues<char> NeedsEscape = SearchValues.Create("|^&~\\\n");

    private readonly StringBuilder _text = new(4096);
    private int _field;

    public SegmentText Segment(string name)
    {
        if (_text.Length > 0)
        {
            _text.Append('\r');
        }

        _text.Append(name);
        _field = 0;
        return this;
    }

    /// <summary>Moves to a field by its number, leaving those between empty, and writes components into it.</summary>
    public SegmentText Field(int number, params ReadOnlySpan<string?> components)
    {
        _text.Append('|', number - _field);
        _field = number;
        var written = components.Length;
        while (written > 0 && components[written - 1] is null or "")
        {
            written--;
        }

        for (var i = 0; i < written; i++)
        {
            if (i > 0)
            {
                _text.Append('^');
            }

            Escaped(components[i]);
        }

        return this;
    }

    /// <summary>A field that brings its own delimiters.</summary>
    public SegmentText Composed(int number, string raw)
    {
        Field(number);
        _text.Append(raw);
        return this;
    }

    public byte[] ToBytes()
    {
        _text.Append('\r');
        return Encoding.UTF8.GetBytes(_text.ToString());
    }

    private void Escaped(string? value)
    {
        if (!value.AsSpan().ContainsAny(NeedsEscape))
        {
            _text.Append(value);
            return;
        }

        foreach (var character in value.AsSpan())
        {
            _ = character switch
            {
                '|' => _text.Append(@"\F\"),
                '^' => _text.Append(@"\S\"),
                '&' => _text.Append(@"\T\"),
                '~' => _text.Append(@"\R\"),
                '\\' => _text.Append(@"\E\"),
                '\n' => _text.Append(@"\.br\"),
                _ => _text.Append(character),
            };
        }
    }
}
