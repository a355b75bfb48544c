using System.Buffers;
using System.Text;

namespace Isthmus.Simulators.Lab;

/// <summary>Builds a message segment by segment in the usual delimiters; values are escaped as they go in.</summary>
internal sealed class SegmentText
{
    private static readonly SearchValues<char> NeedsEscape = SearchValues.Create("|^&~\\\n");

    private readonly StringBuilder text = new(4096);
    private int field;

    public SegmentText Segment(string name)
    {
        if (text.Length > 0)
        {
            text.Append('\r');
        }

        text.Append(name);
        field = 0;
        return this;
    }

    /// <summary>Moves to a field by its number, leaving those between empty, and writes components into it.</summary>
    public SegmentText Field(int number, params ReadOnlySpan<string?> components)
    {
        text.Append('|', number - field);
        field = number;
        var written = components.Length;
        while (written > 0 && components[written - 1] is null or "")
        {
            written--;
        }

        for (var i = 0; i < written; i++)
        {
            if (i > 0)
            {
                text.Append('^');
            }

            Escaped(components[i]);
        }

        return this;
    }

    /// <summary>A field that brings its own delimiters.</summary>
    public SegmentText Composed(int number, string raw)
    {
        Field(number);
        text.Append(raw);
        return this;
    }

    public byte[] ToBytes()
    {
        text.Append('\r');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private void Escaped(string? value)
    {
        if (!value.AsSpan().ContainsAny(NeedsEscape))
        {
            text.Append(value);
            return;
        }

        foreach (var character in value.AsSpan())
        {
            _ = character switch
            {
                '|' => text.Append(@"\F\"),
                '^' => text.Append(@"\S\"),
                '&' => text.Append(@"\T\"),
                '~' => text.Append(@"\R\"),
                '\\' => text.Append(@"\E\"),
                '\n' => text.Append(@"\.br\"),
                _ => text.Append(character),
            };
        }
    }
}
