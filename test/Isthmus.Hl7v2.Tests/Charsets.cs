using System.Text;
using static Isthmus.Hl7v2.Tests.Messages;

namespace Isthmus.Hl7v2.Tests;

public class Charsets
{
    static Charsets() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Theory]
    [InlineData("8859/1", 28591, "Müller, É")]
    [InlineData("8859/2", 28592, "Łukasz Žák")]
    [InlineData("8859/3", 28593, "Ħal Ġusti")]
    [InlineData("8859/4", 28594, "Jānis Kļaviņš")]
    [InlineData("8859/5", 28595, "Иванов")]
    [InlineData("8859/6", 28596, "محمد")]
    [InlineData("8859/7", 28597, "Παπαδόπουλος")]
    [InlineData("8859/8", 28598, "שלום")]
    [InlineData("8859/9", 28599, "Şükrü Iğdır")]
    [InlineData("8859/15", 28605, "Œuvre 5 €")]
    [InlineData("ISO-8859-15", 28605, "Šaman €")]
    [InlineData("iso_8859-2", 28592, "Čapek")]
    [InlineData("ISO IR100", 28591, "Ångström")]
    [InlineData("GB 18030-2000", 54936, "张三丰")]
    [InlineData("BIG-5", 950, "許功蓋")]
    [InlineData("KS X 1001", 949, "홍길동")]
    public void A_name_is_read_in_the_set_that_MSH_18_declares(string charset, int codePage, string name)
    {
        var result = Hl7Message.Parse(Encoding.GetEncoding(codePage).GetBytes(Message(charset, name + "^Eva")));

        Assert.Empty(result.Findings);
        Assert.Equal(name, result.Message!.First("PID")[5].Component(1).GetText());
        Assert.Equal("Eva", result.Message.First("PID")[5].Component(2).GetText());
    }

    [Fact]
    public void A_character_of_several_bytes_makes_no_structure()
    {
        // The second bytes of these two are 5C and 7C in BIG-5: an escape character and a field separator.
        var result = Hl7Message.Parse(Encoding.GetEncoding(950).GetBytes(Message("BIG-5", "許吜|x")));

        Assert.Equal("許吜", result.Message!.First("PID")[5].Component(1).GetText());
        Assert.Equal("x", result.Message.First("PID")[6].GetText());
    }

    [Fact]
    public void What_Windows_writes_into_Latin_1_is_read_as_meant()
    {
        var result = Hl7Message.Parse(Encoding.GetEncoding(1252).GetBytes(Message("8859/1", "“quoted” – 5 €")));

        Assert.Empty(result.Findings);
        Assert.Equal("“quoted” – 5 €", result.Message!.First("PID")[5].GetText());
    }

    [Fact]
    public void A_byte_without_character_is_located()
    {
        var frame = Encoding.Latin1.GetBytes(Message("8859/3", "A#B^C"));
        frame[Array.IndexOf(frame, (byte)'#')] = 0xA5;
        var result = Hl7Message.Parse(frame);

        var finding = Assert.Single(result.Findings);
        Assert.Equal((Hl7Rules.NoCharacter, "PID-5"), (finding.RuleId, finding.Location.ToString()));
        Assert.Equal(0xA5, frame[finding.Offset]);
        Assert.Equal("A\uFFFDB", result.Message!.First("PID")[5].Component(1).GetText());
    }

    [Theory]
    [InlineData("8859/15", @"\XA4\", "€")]
    [InlineData("8859/7", @"\XC1C2\", "ΑΒ")]
    [InlineData("8859/7", @"\X41\", "A")]
    [InlineData("8859/11", @"\XA1A2A3A4A5\", @"\XA1A2A3A4A5\")]
    [InlineData("UNICODE UTF-8", @"\XE282AC\", "€")]
    public void Hexadecimal_escapes_are_in_the_set_of_the_message(string charset, string raw, string text)
    {
        var message = Hl7Message.Parse(Encoding.ASCII.GetBytes(Message(charset, raw))).Message!;

        Assert.Equal(text, message.First("PID")[5].GetText());
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void UTF_16_is_told_by_its_mark_or_its_first_letters(bool isBigEndian, bool isMarked)
    {
        var encoding = new UnicodeEncoding(isBigEndian, isMarked);
        var result = Hl7Message.Parse(new ReadOnlyMemory<byte>([.. encoding.GetPreamble(), .. encoding.GetBytes(Message("UNICODE UTF-16", "漢字 𐍈^Eva"))]));

        Assert.True(result.IsSound);
        Assert.Equal("漢字 𐍈", result.Message!.First("PID")[5].Component(1).GetText());
        Assert.All(result.Findings, finding => Assert.Equal(Hl7Rules.ByteOrderMark, finding.RuleId));
    }

    [Fact]
    public void UTF_16_is_not_acknowledged()
    {
        Assert.False(Hl7Peek.TryRead(Encoding.Unicode.GetBytes(Message("UNICODE UTF-16", "a")), out var header));
        Assert.Equal(Hl7Rules.Utf16, header.Fault);
    }

    [Fact]
    public void Half_a_character_of_UTF_16_is_found()
    {
        var frame = Encoding.Unicode.GetBytes(Message("UNICODE UTF-16", "a"));

        Assert.Equal(Hl7Rules.InvalidUtf16, Assert.Single(Hl7Message.Parse(frame.AsMemory(..^1)).Findings).RuleId);
        frame[^1] = 0xD8;
        Assert.Equal(Hl7Rules.InvalidUtf16, Assert.Single(Hl7Message.Parse(frame).Findings).RuleId);
    }

    [Fact]
    public void UTF_16_that_is_only_declared_is_found()
    {
        var result = Hl7Message.Parse(Encoding.UTF8.GetBytes(Message("UNICODE UTF-16", "Ł")));

        Assert.Equal((Hl7Rules.NotUtf16, "MSH-18"), (Assert.Single(result.Findings).RuleId, result.Findings[0].Location.ToString()));
        Assert.Equal("Ł", result.Message!.First("PID")[5].GetText());
    }

    [Theory]
    [InlineData("~ISO IR87")]
    [InlineData("ISO IR87")]
    [InlineData("ISO IR6~ISO IR87~ISO IR159")]
    public void Kanji_are_switched_to_by_escape_controls(string charset)
    {
        // Yamada Taro in JIS X 0208; the second character holds no delimiter, the third does.
        var jis = Encoding.GetEncoding(50220).GetString(Encoding.GetEncoding(50220).GetBytes("山田 太郎")) == "山田 太郎";
        var frame = Encoding.GetEncoding(50220).GetBytes(Message(charset, "YAMADA^TARO~山田^太郎~A^B"));
        var result = Hl7Message.Parse(frame);
        var name = result.Message!.First("PID")[5];

        Assert.True(jis);
        Assert.Empty(result.Findings);
        Assert.Equal(3, name.RepetitionCount);
        Assert.Equal("山田", name.Repetition(2).Component(1).GetText());
        Assert.Equal("太郎", name.Repetition(2).Component(2).GetText());
        Assert.Equal("B", name.Repetition(3).Component(2).GetText());
    }

    [Fact]
    public void Kanji_are_switched_to_by_escape_sequences_of_the_standard()
    {
        var result = Hl7Message.Parse(Encoding.ASCII.GetBytes(Message("ISO IR6~ISO IR87", @"\M2442\;3ED\C2842\^Taro&\C2849\6\C2842\")));
        var name = result.Message!.First("PID")[5];

        Assert.Empty(result.Findings);
        Assert.Equal("山田", name.Component(1).GetText());
        Assert.Equal("Taro", name.Component(2).Subcomponent(1).GetText());
        Assert.Equal("ｶ", name.Component(2).Subcomponent(2).GetText());
    }

    [Fact]
    public void Parts_of_ISO_8859_are_switched_between()
    {
        byte[] frame = [.. Encoding.Latin1.GetBytes(Message("8859/1~8859/5", "é\\C2D4C\\#^")), 0xE9];
        frame[Array.IndexOf(frame, (byte)'#')] = 0xB8;
        var result = Hl7Message.Parse(frame);

        Assert.Empty(result.Findings);
        Assert.Equal("éИ", result.Message!.First("PID")[5].Component(1).GetText());
    }

    [Fact]
    public void A_switch_to_a_set_that_is_not_known_stays_and_is_located()
    {
        var result = Hl7Message.Parse(Encoding.ASCII.GetBytes(Message("ASCII~CNS 11643-1992", @"a^\M242847\xx\C2842\y")));

        Assert.Contains(result.Findings, finding => finding.RuleId == Hl7Rules.NoCharacter && finding.Location.ToString() == "PID-5.2");
        Assert.Equal(@"\M242847\xxy", result.Message!.First("PID")[5].Component(2).GetText());
    }

    [Theory]
    [InlineData("~ISO IR87", "\\M2442\\")]
    [InlineData("~ISO IR87", "\u001B$B")]
    [InlineData("GB 18030-2000", "\u0081")]
    public void What_stands_before_MSH_does_not_swallow_it(string charset, string before)
    {
        var result = Hl7Message.Parse(Encoding.Latin1.GetBytes(before + Message(charset, "Eva\u00FF")));

        Assert.Contains(result.Findings, finding => finding.RuleId == Hl7Rules.MshPreceded);
        Assert.StartsWith("Eva", result.Message!.First("PID")[5].GetText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_in_any_set_are_answered()
    {
        var random = new Random(20260104);
        var reader = new Hl7Reader();
        string[] sets = ["8859/1", "8859/6", "GB 18030-2000", "BIG-5", "KS X 1001", "ISO IR14", "~ISO IR87", "8859/1~8859/5~ISO IR159", "UNICODE UTF-16", "UNICODE UTF-8"];
        for (var i = 0; i < 20_000; i++)
        {
            var frame = Encoding.Latin1.GetBytes(Message(sets[i % sets.Length], "a\u001B$B;3\u001B(B\\M2442\\;3\\C2842\\\\XE9\\^b|c\rNTE|1||d"));
            for (var edits = random.Next(1, 12); edits > 0; edits--)
            {
                frame[random.Next(frame.Length)] = (byte)(random.Next(2) == 0 ? random.Next(128, 256) : "|^~\\&\rM$(B\u001B"[random.Next(11)]);
            }

            foreach (var start in new[] { 0, random.Next(frame.Length) })
            {
                if (reader.Read(frame.AsMemory(start)).Message is { } message)
                {
                    foreach (ref readonly var part in message.Parts)
                    {
                        var raw = message.Raw.Span.Slice(part.Offset, part.Length);
                        Assert.True(System.Text.Unicode.Utf8.IsValid(raw));
                        Assert.True(message.WriteText(raw, new byte[raw.Length]) <= raw.Length);
                    }
                }
            }
        }
    }

    private static string Message(string charset, string name) =>
        Msh.Replace("UNICODE UTF-8", charset, StringComparison.Ordinal) + "\rPID|1||||" + name;
}
