namespace Isthmus.Mapping.Running;

/// <summary>The invocations of maps within one another, with their registers and the parts of the values they were called with.</summary>
internal sealed class FrameStack
{
    /// <summary>A register whose element is not made yet.</summary>
    private const int Unmade = -1;

    private Frame[] frames = new Frame[16];
    private int frameCount;
    private int[] registers = new int[256];
    private int registerCount;
    private Slice[] parts = new Slice[256];
    private int partCount;

    public ref Frame this[int frame] => ref frames[frame];

    public void Clear() => frameCount = registerCount = partCount = 0;

    /// <summary>The node in a register of an invocation; negative while it is not made.</summary>
    public ref int Register(int frame, int register) => ref registers[frames[frame].Registers + register];

    /// <summary>Forgets the elements in some registers, so that the next repetition makes its own.</summary>
    public void Refresh(int frame, Range those) => registers.AsSpan(frames[frame].Registers)[those].Fill(Unmade);

    /// <summary>A component of the value the invocation was called with; 0 is the whole.</summary>
    public Slice Part(int frame, int number) => parts[frames[frame].Parts + number];

    public int Push(CompiledMap map, CallWith? with, int caller, int segment, int group, ulong absent)
    {
        if (frameCount == frames.Length)
        {
            Array.Resize(ref frames, frames.Length * 2);
        }

        if (registerCount + map.Registers.Length > registers.Length)
        {
            Array.Resize(ref registers, Math.Max(registers.Length * 2, registerCount + map.Registers.Length));
        }

        registers.AsSpan(registerCount, map.Registers.Length).Fill(Unmade);
        frames[frameCount] = new Frame
        {
            Map = map,
            With = with,
            Registers = registerCount,
            Parts = partCount,
            Caller = caller,
            Segment = segment,
            Group = group,
            Absent = absent,
        };
        registerCount += map.Registers.Length;
        return frameCount++;
    }

    public void Pop(int frame)
    {
        registerCount = frames[frame].Registers;
        partCount = frames[frame].Parts;
        frameCount = frame;
    }

    /// <summary>Cuts a datatype's value into the components its map asks for.</summary>
    public void Divide(int frame, Slice value, MessageBytes text)
    {
        var wanted = frames[frame].Map.Parts;
        if (partCount + wanted + 1 > parts.Length)
        {
            Array.Resize(ref parts, Math.Max(parts.Length * 2, partCount + wanted + 1));
        }

        var into = parts.AsSpan(partCount, wanted + 1);
        partCount += wanted + 1;
        into.Clear();
        into[0] = value;
        frames[frame].Value = value;
        text.Divide(value, into[1..]);
    }
}
