namespace Isthmus.Hl7v2.Tests;

public class Allocation
{
    [Fact]
    public void A_warm_reader_allocates_nothing()
    {
        var clean = Messages.Bytes(Messages.Result);
        var faulty = Messages.Bytes(Messages.Result + "no segment\rNTE|1||\u0001 \\ open\r");
        var reader = new Hl7Reader();
        Span<byte> text = new byte[64];
        long before = 0;
        for (var i = 0; i < 200; i++)
        {
            if (i == 100)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            reader.Read(faulty);
            Walk(reader.Read(clean).Message!, text);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Walk(Hl7Message message, Span<byte> text)
    {
        foreach (ref readonly var part in message.Parts)
        {
            Assert.True(part.Length >= part.EscapeLength);
        }

        foreach (var obx in message.All("OBX"))
        {
            obx[5].TryGetText(text, out _);
            foreach (var repetition in obx[3].Repetitions)
            {
                repetition.Component(2).TryGetText(text, out _);
            }
        }
    }
}
