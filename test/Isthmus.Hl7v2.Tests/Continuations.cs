using System.Text;
using static Isthmus.Hl7v2.Tests.Messages;

namespace Isthmus.Hl7v2.Tests;

public class Continuations
{
    private const string First = "PID|1||4711\rOBR|1\rOBX|1|TX|N||The first half,\rADD|\rDSC|P-1|F\r";
    private const string Second = "SFT|x\rADD| the second|u|\rOBX|2|TX|N||Mül\rADD\rDSC|P-2\r";
    private const string Third = "ADD|ler\rNTE|1\r";

    private const string Whole = "PID|1||4711\rOBR|1\rOBX|1|TX|N||The first half, the second|u|\rOBX|2|TX|N||Müller\rNTE|1\r";

    [Fact]
    public void Parts_become_one_message_in_the_order_of_their_pointers()
    {
        Hl7Message[] parts = [Part("", First), Part("P-1", Second), Part("P-2", Third)];
        foreach (var order in new[] { parts, [parts[2], parts[0], parts[1]] })
        {
            var (message, findings) = Hl7Continuation.Join(order);

            Assert.Empty(findings);
            Assert.Equal(Header("") + "\r" + Whole, Encoding.UTF8.GetString(message.Span));
            Assert.Equal("Müller", new Hl7Reader().ReadPart(message, parts[0]).Message!.All("OBX").Last()[5].GetText());
        }

        Assert.Equal([true, true, false], parts.Select(Hl7Continuation.Goes));
        Assert.Equal([false, true, true], parts.Select(Hl7Continuation.Continues));
    }

    [Fact]
    public void A_part_that_has_not_come_is_found_and_the_others_are_joined()
    {
        var (message, findings) = Hl7Continuation.Join([Part("", First), Part("P-1", Second)]);

        Assert.Equal((Hl7Rules.ContinuationIncomplete, "DSC-1"), (Assert.Single(findings).RuleId, findings[0].Location.ToString()));
        Assert.EndsWith("|Mül\r", Encoding.UTF8.GetString(message.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_of_different_messages_are_never_joined()
    {
        var other = Read(Header("P-1").Replace("|LAB|", "|OTHER|", StringComparison.Ordinal) + "\r" + Second);

        Refused(Hl7Rules.ContinuationForeign, Part("", First), other);
        Refused(Hl7Rules.ContinuationPointer, Part("", First), Part("P-9", Second));
        Refused(Hl7Rules.ContinuationPointer, Part("", First), Part("", First));
        Refused(Hl7Rules.ContinuationPointer, Part("P-1", Second), Part("P-2", Third));
        Refused(Hl7Rules.ContinuationPointer);

        static void Refused(string rule, params Hl7Message[] parts)
        {
            var (message, findings) = Hl7Continuation.Join(parts);
            Assert.True(message.IsEmpty);
            Assert.Equal(rule, Assert.Single(findings).RuleId);
        }
    }

    private static Hl7Message Part(string pointer, string rest) => Read(Header(pointer) + "\r" + rest);

    private static string Header(string pointer) => $@"MSH|^~\&|LAB|NORTH|ISTHMUS|EAST|20260102||ORU^R01|C1|P|2.5.1||{pointer}";
}
