namespace Isthmus.Hl7v2;

/// <summary>
/// The characters that give a message its structure: MSH-1 and the four or five of MSH-2
/// (HL7 v2.5.1 §2.5.4; the truncation character since v2.7). Zero means "not in use in this message".
/// </summary>
public readonly record struct Hl7Delimiters
{
    /// <summary>The set the standard suggests: <c>|^~\&amp;</c>.</summary>
    public static Hl7Delimiters Default { get; } = new()
    {
        Field = (byte)'|',
        Component = (byte)'^',
        Repetition = (byte)'~',
        Escape = (byte)'\\',
        Subcomponent = (byte)'&',
        Truncation = 0,
    };

    public byte Field { get; init; }

    public byte Component { get; init; }

    public byte Repetition { get; init; }

    public byte Escape { get; init; }

    public byte Subcomponent { get; init; }

    public byte Truncation { get; init; }

    /// <summary>A delimiter is a printable ASCII character that is neither a letter, a digit nor a space.</summary>
    internal static bool CanDelimit(byte character) =>
        character is > 0x20 and < 0x7F && !char.IsAsciiLetterOrDigit((char)character);

    /// <summary>
    /// Takes MSH-1 and MSH-2 as written. Characters that cannot delimit, or that repeat an earlier one, are left
    /// out of use; <paramref name="sound"/> tells whether all was as the standard asks.
    /// </summary>
    internal static Hl7Delimiters Read(byte field, ReadOnlySpan<byte> encodingCharacters, out bool sound)
    {
        sound = encodingCharacters.Length is 4 or 5;
        Span<byte> taken = stackalloc byte[6];
        taken[0] = field;
        for (var i = 0; i < Math.Min(encodingCharacters.Length, 5); i++)
        {
            var character = encodingCharacters[i];
            if (CanDelimit(character) && !taken.Contains(character))
            {
                taken[i + 1] = character;
            }
            else
            {
                sound = false;
            }
        }

        return new()
        {
            Field = field,
            Component = taken[1],
            Repetition = taken[2],
            Escape = taken[3],
            Subcomponent = taken[4],
            Truncation = taken[5],
        };
    }

    /// <summary>MSH-2 as these delimiters declare it.</summary>
    /// <returns>The bytes written, at most five.</returns>
    internal int WriteEncodingCharacters(Span<byte> destination)
    {
        ReadOnlySpan<byte> characters = [Component, Repetition, Escape, Subcomponent, Truncation];
        var count = Truncation == 0 ? 4 : 5;
        characters[..count].CopyTo(destination);
        return count;
    }

    public override string ToString() => nameof(Hl7Delimiters);
}
