using System.Text;

namespace Isthmus.Rules.Tests;

/// <summary>One file. <see cref="Name"/> is its path from the root, with slashes.</summary>
internal sealed record SourceFile(string Path, string Name)
{
    private string? text;
    private string? code;

    public string Text => text ??= File.ReadAllText(Path);

    /// <summary>The text of a C# file with its comments blanked out and its lines kept; strings stay.</summary>
    public string Code => code ??= WithoutComments(Text);

    public string Folder => Name.Contains('/', StringComparison.Ordinal) ? Name[..Name.LastIndexOf('/')] : "";

    /// <summary>"src/A/B.cs:12" for a position in the text.</summary>
    public string At(int position) => $"{Name}:{Text.AsSpan(0, position).Count('\n') + 1}";

    private static string WithoutComments(string text)
    {
        var kept = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var length = CommentAt(text, at);
            if (length > 0)
            {
                kept.Append(string.Concat(text.AsSpan(at, length).ToString().Select(character => character == '\n' ? '\n' : ' ')));
            }
            else
            {
                length = LiteralAt(text, at);
                kept.Append(text, at, length);
            }

            at += length;
        }

        return kept.ToString();
    }

    private static int CommentAt(string text, int at)
    {
        var rest = text.AsSpan(at);
        if (rest.StartsWith("//"))
        {
            var end = rest.IndexOf('\n');
            return end < 0 ? rest.Length : end;
        }

        return rest.StartsWith("/*") ? rest.IndexOf("*/") + 2 : 0;
    }

    /// <summary>The length of the string or character literal that starts here, or 1 for any other character.</summary>
    private static int LiteralAt(string text, int at)
    {
        var rest = text.AsSpan(at);
        if (rest.StartsWith("\"\"\""))
        {
            var quotes = rest.Length - rest.TrimStart('"').Length;
            return rest[quotes..].IndexOf(new string('"', quotes)) + (2 * quotes);
        }

        if (rest[0] == '\'')
        {
            return rest.Length > 2 && rest[1] == '\\' ? rest[2..].IndexOf('\'') + 3 : rest[1..].IndexOf('\'') + 2;
        }

        if (rest[0] != '"')
        {
            return 1;
        }

        var verbatim = at > 0 && (text[at - 1] == '@' || (at > 1 && text[at - 1] == '$' && text[at - 2] == '@'));
        for (var end = 1; end < rest.Length; end++)
        {
            if (rest[end] == '\\' && !verbatim)
            {
                end++;
            }
            else if (rest[end] == '"')
            {
                return end + 1;
            }
        }

        return rest.Length;
    }
}
