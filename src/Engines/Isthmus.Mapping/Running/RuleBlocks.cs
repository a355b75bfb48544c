namespace Isthmus.Mapping.Running;

/// <summary>The rules of one invocation of a map, block by block: a block goes through the repetitions of one field.</summary>
internal static class RuleBlocks
{
    public static void Run(TranslationRun run, int frame)
    {
        var map = run.FrameAt(frame).Map;
        var absent = run.FrameAt(frame).Absent;
        for (var number = 0; number < map.BlockFields.Length; number++)
        {
            if ((map.BlockFields[number] & absent) == 0)
            {
                Run(run, frame, map.Blocks[number]);
            }
        }
    }

    private static void Run(TranslationRun run, int frame, Block block)
    {
        if (block.Field == 0)
        {
            RunRules(run, frame, block);
            return;
        }

        var field = run.WholeField(run.FrameAt(frame).Segment, block.Field);
        if (field.IsEmpty)
        {
            return;
        }

        run.FrameAt(frame).Field = block.Field;
        Forget(run, frame, block.Facts);
        var from = field.Start;
        for (var number = 1; from <= field.Start + field.Length; number++)
        {
            var rest = new Slice(from, field.Start + field.Length - from, Level.Repetition);
            var repetition = block.Each || number == 1 ? run.Text.Repetition(rest, 1) : default;
            run.FrameAt(frame).Value = repetition;
            if (number > 1)
            {
                run.Refresh(frame, block.Fresh);
                Forget(run, frame, block.Facts);
            }

            if (run.Text.IsValued(repetition))
            {
                RunRules(run, frame, block);
            }

            // Only a block for each repetition asks for the rest.
            from = block.Each ? repetition.Start + repetition.Length + 1 : int.MaxValue;
        }

        run.FrameAt(frame).Field = 0;
        Forget(run, frame, block.Facts);
    }

    private static void Forget(TranslationRun run, int frame, ulong facts)
    {
        ref var asked = ref run.FrameAt(frame);
        asked.True &= ~facts;
        asked.False &= ~facts;
    }

    private static void RunRules(TranslationRun run, int frame, Block block)
    {
        var gates = block.Gates;
        for (var number = 0; number < gates.Length; number++)
        {
            ref readonly var gate = ref gates[number];
            ref var call = ref run.FrameAt(frame);
            if (((gate.Field & call.Absent) | (gate.Facts & call.False)) == 0
                && ((gate.Facts & ~call.True) == 0 || Question.All(run, frame, gate.Facts)))
            {
                RunRule(run, frame, block.Rules[number]);
            }
        }
    }

    private static void RunRule(TranslationRun run, int frame, CompiledRule rule)
    {
        var value = rule.TakesRepetition ? run.FrameAt(frame).Value : default;
        if (rule.From is not null)
        {
            value = rule.From(run, frame);
            if (!run.Text.IsValued(value))
            {
                return;
            }
        }

        if ((rule.When is not null && !rule.When(run, frame)) || (rule.Beside >= 0 && !run.IsMade(frame, rule.Beside)))
        {
            return;
        }

        if (run.Trace is null)
        {
            rule.Apply(run, frame, value);
        }
        else
        {
            run.Trace.Apply(run, frame, rule, value);
        }
    }
}
