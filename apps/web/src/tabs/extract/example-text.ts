/** What the page offers to try. Names are invented. */
export const exampleText = `Mara Voss founded Kettle Robotics in Bremen and still leads it. In 2019 Kettle Robotics acquired Tidewater Instruments, a company based in Rostock. Its best-known product, the Heron Arm, was designed by Ilse Brandt, who lives in Hamburg with her husband Tomas Reyes.

Reyes was born in Porto and works for the Harbour Museum. The museum organised the Lantern Fair, which took place in Bremen on 4 May 2021. Northlight Press published The Slow Machine, a book by Mara Voss.`;
