/** The example text of the page. All names are invented. */
export const exampleText = `Mara Voss founded Kettle Robotics in Bremen and still leads it. In 2019 Kettle Robotics acquired Tidewater Instruments. Tidewater Instruments, based in Rostock, makes the Heron Arm.

Northlight Press published The Slow Machine, a novel by Mara Voss, in Hamburg. Tomas Reyes is married to Mara Voss. The Lantern Fair took place in Bremen on 4 May 2021.`;
